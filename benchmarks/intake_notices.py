"""Notices written for ``benchmarks/intake.py``: fictitious parties, the wording and layout of each office.

A notice is (code, language, decisive days, body).  Days are offsets from the day it was written; in the
body ``{issued}``, ``{due}`` … stand for them, written as the paper's office writes dates.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Notice:
    """``days`` are (meaning, days after the first) of the decisive dates; ``style`` says how dates are written."""

    name: str
    kind: str
    style: str
    days: tuple[tuple[str, int], ...]
    body: str


def _court(court: str, left: str, right: str, title: str, text: str) -> str:
    return (
        f"<div class=c><b>{court}</b></div><table class=cap><tr><td class=l>{left}</td><td class=m>)<br>)<br>)<br>)<br>)</td>"
        f"<td>{right}</td></tr></table><div class=c><b><u>{title}</u></b></div>{text}"
    )


_ILL = "IN THE UNITED STATES DISTRICT COURT<br>FOR THE NORTHERN DISTRICT OF ILLINOIS<br>EASTERN DIVISION"
_US_CAPTION = "{owner},<br><br>&emsp;Plaintiff,<br>v.<br>THE PARTNERSHIPS AND UNINCORPORATED ASSOCIATIONS IDENTIFIED ON SCHEDULE “A”,<br>&emsp;Defendants."
_US_SUED = "{owner},<br>&emsp;Plaintiff,<br><br>v.<br><br>{us},<br>&emsp;Defendant."

NOTICES: tuple[Notice, ...] = (
    Notice(
        "tro",
        "us-tro",
        "us",
        (("issued", 0), ("expires", 14), ("hearing", 12)),
        _court(
            _ILL,
            _US_CAPTION,
            "Case No. 1:26-cv-{n5}<br><br>Judge Marion T. Oakes<br><br>FILED UNDER SEAL",
            "TEMPORARY RESTRAINING ORDER",
            "<p>This cause having come before the Court on Plaintiff's <i>ex parte</i> motion, and the Court having heard the evidence before it, the Court GRANTS the motion as follows.</p>"
            "<p>1. Defendants, their officers and all persons in active concert with them are temporarily enjoined from using the {brand} mark, U.S. Trademark Registration No. 5,{n3},{n3}.</p>"
            "<p>2. Any third party processing payments, including PayPal, Amazon Pay and Alipay, shall within two (2) business days of receipt of this Order restrain any funds of the accounts listed on Schedule A.</p>"
            "<p>3. Plaintiff shall post a bond of $10,000.</p><p>4. This Order was entered on {issued} at 10:15 a.m. and shall remain in effect until {expires}, unless extended for good cause. The Court sets a hearing on the motion for preliminary injunction for {hearing} at 9:30 a.m. in Courtroom 1719.</p>"
            "<p>SO ORDERED.<br>________________<br>United States District Judge</p>",
        ),
    ),
    Notice(
        "pi",
        "us-pi",
        "us",
        (("issued", 0),),
        _court(
            "UNITED STATES DISTRICT COURT<br>SOUTHERN DISTRICT OF FLORIDA",
            _US_CAPTION,
            "CASE NO. 26-cv-{n5}-XYZ",
            "ORDER GRANTING PLAINTIFF'S MOTION FOR ENTRY OF A PRELIMINARY INJUNCTION",
            "<p>THIS CAUSE is before the Court upon Plaintiff's Motion for Entry of a Preliminary Injunction. Plaintiff has shown a likelihood of success on the merits and that it will suffer irreparable harm.</p><p>It is ORDERED AND ADJUDGED that the Motion is GRANTED. Defendants are hereby restrained during the pendency of this action from manufacturing, advertising or selling goods bearing the {brand} marks.</p><p>DONE AND ORDERED in Chambers in Miami, Florida, dated {issued}.</p>",
        ),
    ),
    Notice(
        "summons",
        "us-summons",
        "us",
        (("issued", 0),),
        "<div class=s>AO 440 (Rev. 06/12) Summons in a Civil Action</div><div class=c><b>UNITED STATES DISTRICT COURT</b><br>for the<br>Central District of California</div><table class=cap><tr><td class=l>{owner}<br><i>Plaintiff(s)</i><br>v.<br>{us}<br><i>Defendant(s)</i></td><td class=m>)<br>)<br>)<br>)<br>)</td><td>Civil Action No. 2:26-cv-{n5}</td></tr></table><div class=c><b>SUMMONS IN A CIVIL ACTION</b></div>"
        "<p>To: <i>(Defendant's name and address)</i> {us}, No. 12 Jinye Road, Guangzhou, China</p><p>A lawsuit has been filed against you.</p><p>Within 21 days after service of this summons on you (not counting the day you received it) — or 60 days if you are the United States — you must serve on the plaintiff an answer to the attached complaint or a motion under Rule 12 of the Federal Rules of Civil Procedure. The answer or motion must be served on the plaintiff's attorney, whose name and address are: Dana R. Holt, Holt &amp; Brandt LLP, 500 S. Figueroa St., Los Angeles.</p><p>If you fail to respond, judgment by default will be entered against you for the relief demanded in the complaint.</p><table><tr><td><i>CLERK OF COURT</i></td></tr><tr><td>Date: {issued}</td><td>________ <i>Signature of Clerk or Deputy Clerk</i></td></tr></table>",
    ),
    Notice(
        "complaint",
        "us-complaint",
        "us",
        (("filed", 0),),
        _court(
            "UNITED STATES DISTRICT COURT<br>FOR THE DISTRICT OF DELAWARE",
            _US_SUED,
            "C.A. No. 26-cv-{n4}<br><br>JURY TRIAL DEMANDED<br><br>Filed {filed}",
            "COMPLAINT FOR PATENT INFRINGEMENT",
            "<p>Plaintiff {owner}, by and through its undersigned counsel, alleges as follows:</p><p class=c><b>NATURE OF THE ACTION</b></p><p>1. This is an action for infringement of United States Patent No. 11,{n3},{n3} under 35 U.S.C. § 271.</p><p class=c><b>JURISDICTION AND VENUE</b></p><p>2. This Court has subject matter jurisdiction under 28 U.S.C. §§ 1331 and 1338(a).</p><p>3. Upon information and belief, Defendant {us} is a Chinese company that sells robotic vacuum cleaners in this District.</p><p class=c><b>COUNT I</b></p><p>4. Defendant has infringed and continues to infringe at least claim 1.</p><p class=c><b>PRAYER FOR RELIEF</b></p><p>Plaintiff asks for damages of not less than a reasonable royalty, trebled, and a permanent injunction.</p>",
        ),
    ),
    Notice(
        "schedule-a",
        "us-schedule-a",
        "us",
        (("filed", 0),),
        _court(
            _ILL,
            _US_CAPTION,
            "Case No. 26-cv-{n5}<br>Filed: {filed}",
            "COMPLAINT",
            "<p>Plaintiff hereby brings the present action against the Partnerships and Unincorporated Associations identified on Schedule A attached hereto (collectively, “Defendants”) and alleges as follows:</p><p>1. Defendants operate e-commerce stores under one or more Seller Aliases and sell counterfeit {brand} products to consumers in Illinois.</p><p>2. Tactics used by Defendants to conceal their identities make it virtually impossible to learn their true identities.</p><p class=c>SCHEDULE A</p><table border=1><tr><td>Defendant No.</td><td>Store name</td><td>Merchant ID</td></tr><tr><td>1</td><td>GZ Bright Store</td><td>A2{n5}</td></tr><tr><td>2</td><td>Huadu Bags Direct</td><td>A3{n5}</td></tr></table>",
        ),
    ),
    Notice(
        "default",
        "us-default",
        "us",
        (("issued", 0),),
        _court(
            _ILL,
            _US_CAPTION,
            "Case No. 25-cv-{n5}",
            "FINAL JUDGMENT ORDER",
            "<p>This action having been commenced by {owner} against the Defendants identified in Schedule A, and Defendants having failed to answer or appear, Plaintiff having moved for entry of default and default judgment:</p><p>IT IS HEREBY ORDERED that Plaintiff's Motion for Entry of Default and Default Judgment is GRANTED, and default judgment is entered against the Defaulting Defendants. Plaintiff is awarded statutory damages of one hundred thousand dollars ($100,000) from each Defaulting Defendant. Entered: {issued}</p>",
        ),
    ),
    Notice(
        "subpoena",
        "us-subpoena",
        "us",
        (("due", 24), ("issued", 0)),
        "<div class=c><b>UNITED STATES OF AMERICA<br>BEFORE THE INTERNATIONAL TRADE COMMISSION<br>Washington, D.C.</b><br>In the Matter of CERTAIN PORTABLE POWER STATIONS AND COMPONENTS THEREOF<br>Inv. No. 337-TA-1{n3}</div><p class=c><b>SUBPOENA DUCES TECUM</b></p><p>TO: {us}, Dongguan, China</p><p>TAKE NOTICE: By authority of section 333 of the Tariff Act of 1930, you are hereby commanded to produce the documents listed in Attachment A at the offices of Corbin Reeve LLP no later than {due} at 5:00 p.m.</p><p>If you fail to comply, the Commission may seek enforcement in an appropriate United States district court. Dated: {issued}<br>Administrative Law Judge</p>",
    ),
    Notice(
        "337-notice",
        "us-337-notice",
        "us",
        (("issued", 0),),
        "<div class=c>UNITED STATES INTERNATIONAL TRADE COMMISSION<br>Washington, D.C.<br><br>In the Matter of<br><b>CERTAIN LED LANDSCAPE LIGHTING DEVICES</b><br>Investigation No. 337-TA-1{n3}</div><p class=c><b>NOTICE OF INSTITUTION OF INVESTIGATION</b></p><p>AGENCY: U.S. International Trade Commission. ACTION: Notice.</p><p>SUMMARY: Notice is hereby given that a complaint was filed under section 337 of the Tariff Act of 1930, as amended, on behalf of {owner} of Austin, Texas. The complainant requests that the Commission institute an investigation and issue a limited exclusion order.</p><p>The respondents are the following entities alleged to be in violation of section 337: {us}, Zhongshan, China.</p><p>Responses to the complaint and the notice of investigation must be submitted by the named respondents in accordance with section 210.13 of the Commission's Rules, 19 CFR 210.13. Such responses will be considered if received not later than 20 days after the date of service by the Commission.</p><p>By order of the Commission.<br>Lisa R. Barton, Secretary to the Commission<br>Issued: {issued}</p>",
    ),
    Notice(
        "337-complaint",
        "us-337-complaint",
        "us",
        (("issued", 0),),
        "<div class=c><b>INTERNATIONAL TRADE COMMISSION</b><br>[Docket No. 3{n3}]<br><b>Notice of Receipt of Complaint; Solicitation of Comments Relating to the Public Interest</b></div><p>AGENCY: International Trade Commission. ACTION: Notice.</p><p>SUMMARY: Notice is hereby given that the Commission has received a complaint entitled <i>Certain Vacuum Insulated Drinkware</i>, DN 3{n3}; the Commission is soliciting comments on any public interest issues raised by the complaint. The complaint names as respondents: {us} of China.</p><p>Proposed respondents, other interested parties, and members of the public are invited to file comments, not to exceed five (5) pages, no later than by close of business, eight calendar days after the date of publication of this notice in the <i>Federal Register</i>.</p><p>By order of the Commission. Issued: {issued}.</p>",
    ),
    Notice(
        "office-action",
        "uspto-office-action",
        "us",
        (("issued", 0),),
        "<div class=c><b>UNITED STATES PATENT AND TRADEMARK OFFICE (USPTO)<br>OFFICE ACTION (OFFICIAL LETTER) ABOUT APPLICANT'S TRADEMARK APPLICATION</b></div><p>U.S. Application Serial No. 98{n6}<br>Mark: {brand}<br>Applicant: {us}<br>Reference/Docket No. N/A</p><p class=c><b>NONFINAL OFFICE ACTION</b></p><p><b>Response deadline.</b> File a response to this nonfinal Office action within three months of the “Issue date” below to avoid abandonment of the application. Review the Office action and respond using the Trademark Electronic Application System (TEAS).</p><p>Issue date: {issued}</p><p>SECTION 2(d) REFUSAL – LIKELIHOOD OF CONFUSION. Registration of the applied-for mark is refused because of a likelihood of confusion with the mark in U.S. Registration No. 4{n6}.</p><p>/Paula Hendry/ Trademark Examining Attorney, Law Office 112</p>",
    ),
    Notice(
        "ttab",
        "ttab-institution",
        "us",
        (("issued", 0), ("due", 40)),
        "<table><tr><td>UNITED STATES PATENT AND TRADEMARK OFFICE<br>Trademark Trial and Appeal Board<br>P.O. Box 1451, Alexandria, VA 22313-1451</td></tr></table><p style='text-align:right'>Mailed: {issued}</p><p style='text-align:right'>Opposition No. 91{n6}<br>Serial No. 97{n6}</p><p>{owner}<br>v.<br>{us}</p><p>ESTTA Tracking number: ESTTA1{n6}. The notice of opposition was filed through ESTTA. The parties are advised of the following trial schedule:</p><table border=1><tr><td>Time to Answer</td><td>{due}</td></tr><tr><td>Deadline for Discovery Conference</td><td>see Board order</td></tr></table><p>A party must serve on the other party a copy of any submission filed in this proceeding.</p>",
    ),
    Notice(
        "ptab",
        "ptab-notice",
        "us",
        (("issued", 0),),
        "<div class=c>UNITED STATES PATENT AND TRADEMARK OFFICE<br>BEFORE THE PATENT TRIAL AND APPEAL BOARD<br><br>{us}, Petitioner,<br>v.<br>{owner}, Patent Owner.<br><br>IPR2026-00{n3}<br>Patent 10,{n3},{n3} B2</div><p class=c><b>NOTICE OF FILING DATE ACCORDED TO PETITION AND TIME FOR FILING PATENT OWNER PRELIMINARY RESPONSE</b></p><p>Mailed: {issued}</p><p>The petition for <i>inter partes</i> review has been accorded a filing date. Patent Owner may file a preliminary response to the petition no later than three months from the date of this notice. 37 C.F.R. § 42.107(b).</p>",
    ),
    Notice(
        "dmca",
        "us-dmca",
        "us",
        (("issued", 0),),
        "<p>From: copyright@{mail}.com<br>Subject: Notice of claimed infringement under 17 U.S.C. § 512(c)<br>Date: {issued}</p><p>Dear Designated Agent,</p><p>This notice is sent pursuant to the Digital Millennium Copyright Act. We are authorized to act on behalf of {owner}, the owner of the copyright in the product photographs shown below. We have a good faith belief that use of the material in the manner complained of is not authorized. The information in this notification is accurate and, under penalty of perjury, we are authorized to act for the owner.</p><p>Please remove or disable access to the listed URLs of the store of {us}. You may submit a counter-notification.</p>",
    ),
    Notice(
        "amazon",
        "platform-complaint",
        "us",
        (("issued", 0),),
        "<p><b>amazon seller central</b></p><p>{issued}</p><p>Hello {us},</p><p>We removed some of your listings because we received a report from a rights owner that they infringe the trademark listed below. The listings affected are at the bottom of this email.</p><p>Why did this happen? We received a report that the following listings infringe a registered trademark.</p><p>How do I reactivate my listing? If you believe that the rights owner made an error, you may contact them to request a retraction: legal@{mail}.com</p><p>ASIN: B0C{n6}K<br>Infringement type: Trademark<br>Trademark: {brand}<br>Complaint ID: 18{n6}01</p><p>Sincerely,<br>Seller Performance Team</p>",
    ),
    Notice(
        "apex",
        "apex",
        "us",
        (("due", 21), ("issued", 0)),
        "<p><b>Amazon</b></p><p>Date: {issued}</p><p>Hello,</p><p>{owner} has asked Amazon to conduct a neutral patent evaluation of one of your products under the Amazon Patent Evaluation Express (APEX) procedure. The patent owner asserts that ASIN B0D{n6}Z infringes claim 1 of U.S. Patent No. 10,{n3},{n3}.</p><p>If you want to participate, please sign the attached Evaluation Agreement and return it by {due}. Each participant will deposit $4,000 with the neutral evaluator. If you choose not to participate, your listing will be removed.</p>",
    ),
    Notice(
        "detention",
        "us-customs-detention",
        "us",
        (("issued", 0),),
        "<div class=c><b>DEPARTMENT OF HOMELAND SECURITY<br>U.S. Customs and Border Protection<br>NOTICE OF DETENTION AND CUSTODY RECEIPT</b></div><table border=1><tr><td>Entry Number: ABC-{n6}-1</td><td>Port of Long Beach</td></tr><tr><td>Date of Notice</td><td>{issued}</td></tr><tr><td>Importer of Record</td><td>{us}</td></tr></table><p>Pursuant to 19 U.S.C. § 1499 and 19 C.F.R. § 133.21, the merchandise described below has been detained because it is suspected of bearing a counterfeit mark. You may, within seven business days of the date of this notice, present information establishing that the mark is not counterfeit. Detention may last up to 30 days from the date of presentation.</p>",
    ),
    Notice(
        "seizure",
        "us-customs-seizure",
        "us",
        (("issued", 0),),
        "<p>U.S. Customs and Border Protection<br>Fines, Penalties and Forfeitures Office<br>Port of Los Angeles</p><p>Date: {issued}</p><p>Case Number: 2026-2704-{n6}-01</p><p>{us}<br>Guangzhou, China</p><p class=c><b>NOTICE OF SEIZURE AND INFORMATION TO CLAIMANTS (NON-CAFRA FORM)</b></p><p>Dear Sir or Madam: This is to notify you that CBP seized the property described below at the Port of Los Angeles: 1,200 headphones, value $21,600. The property was seized and is subject to forfeiture under 19 U.S.C. § 1526(e) for bearing a counterfeit trademark. You may file a petition with this office within 30 days from the date of this letter. Please complete the Election of Proceedings form.</p>",
    ),
    Notice(
        "eu-customs-en",
        "eu-customs-suspension",
        "gb",
        (("issued", 0),),
        "<p><b>Douane – Customs Netherlands</b><br>IPR Team, Rotterdam</p><p>Our reference: IPR/2026/{n6}<br>Date: {issued}</p><p>To the declarant or holder of the goods: {us}</p><p><b>Notification of suspension of the release of goods / detention of goods – Article 17 of Regulation (EU) No 608/2013 of 12 June 2013</b></p><p>Please be informed that customs has detained the goods described below because they are suspected of infringing an intellectual property right (EUTM {brand}).</p><p>You are requested to inform us within 10 working days of the notification of the detention (3 working days for perishable goods) whether you agree to the destruction of the goods. If you do not respond, you may be deemed to have confirmed your agreement to the destruction.</p>",
    ),
    Notice(
        "eu-customs-de",
        "eu-customs-suspension",
        "de",
        (("issued", 0), ("due", 14)),
        "<table><tr><td><b>Hauptzollamt Hamburg-Hafen</b><br>Zollamt Waltershof</td><td>DATUM {issued}<br>GZ SV 0405 B – {n4}/26</td></tr></table><p>Firma<br>{us}</p><p><b>Mitteilung über die Aussetzung der Überlassung / Zurückhaltung von Waren nach Art. 17 der Verordnung (EU) Nr. 608/2013</b></p><p>Sehr geehrte Damen und Herren,</p><p>die nachstehend bezeichneten Waren wurden zurückgehalten, weil der Verdacht besteht, dass sie ein Recht des geistigen Eigentums verletzen. Rechtsinhaber: {owner}.</p><p>Sie können der Vernichtung innerhalb von zehn Arbeitstagen widersprechen. Ihre Äußerung muss hier bis spätestens {due} eingegangen sein.</p>",
    ),
    Notice(
        "jp-customs",
        "jp-customs",
        "jp",
        (("issued", 0), ("due", 14)),
        "<p style='text-align:right'>横浜税関 知財第{n4}号<br>{issued}</p><p>輸入者　{cn} 殿</p><p style='text-align:right'>横浜税関長</p><h3 class=c>認定手続開始通知書（輸入者用）</h3><p>下記の貨物は、商標権を侵害する疑いがあるので、関税法第69条の12第1項の規定に基づき、認定手続を開始したので通知します。</p><table border=1><tr><td>疑義貨物の品名・数量</td><td>イヤホン　300個</td></tr><tr><td>権利者</td><td>株式会社ミナト電機</td></tr><tr><td>争う旨の申出の期限</td><td>{due}</td></tr></table><p>争う場合は、上記の期限までに、その旨を記載した書面を提出してください。</p>",
    ),
    Notice(
        "abmahnung",
        "de-abmahnung",
        "de",
        (("issued", 0), ("due", 10)),
        "<p class=c><b>KESSLER BRÜGGE Rechtsanwälte PartG mbB</b><br>Prinzregentenstraße 40 · 80538 München</p><p>{us}<br>per E-Mail</p><p style='text-align:right'>München, {issued}<br>Unser Zeichen: 3{n3}/26</p><p><b>Abmahnung wegen Verletzung der Unionsmarke „{brand}“ Nr. 018{n6}</b></p><p>Sehr geehrte Damen und Herren,</p><p>wir vertreten die {owner_de}. Auf uns lautende Vollmacht versichern wir anwaltlich.</p><p>Sie bieten im Internet Taschen unter dem Zeichen unserer Mandantin an. Dies verletzt die Rechte unserer Mandantin gemäß Art. 9 UMV.</p><p>Wir haben Sie aufzufordern, eine strafbewehrte Unterlassungserklärung abzugeben und bis zum</p><p class=c><b>{due}, 17.00 Uhr</b></p><p>hier eingehend zu übersenden. Ferner sind Sie zur Erstattung der Kosten nach einem Gegenstandswert von 150.000 € verpflichtet.</p>",
    ),
    Notice(
        "injunction",
        "de-injunction",
        "de",
        (("issued", 0),),
        "<p><b>Landgericht Düsseldorf</b></p><p>Geschäfts-Nr.: 14c O {n2}/26</p><p class=c><b>Beschluss</b></p><p>In dem Verfahren auf Erlass einer einstweiligen Verfügung</p><p>der {owner_de}, vertreten durch den Geschäftsführer, Antragstellerin,</p><p>gegen</p><p>die {us}, Guangzhou, China, Antragsgegnerin,</p><p>hat die 14c. Zivilkammer des Landgerichts Düsseldorf am {issued} beschlossen:</p><p>I. Der Antragsgegnerin wird im Wege der einstweiligen Verfügung wegen besonderer Dringlichkeit ohne mündliche Verhandlung bei Meidung eines Ordnungsgeldes bis zu 250.000,00 EUR untersagt, Leuchten anzubieten. II. Die Kosten des Verfahrens trägt die Antragsgegnerin.</p>",
    ),
    Notice(
        "saisie",
        "fr-saisie",
        "fr",
        (("issued", 0),),
        "<p class=c><b>TRIBUNAL JUDICIAIRE DE PARIS</b><br>3ème chambre</p><p class=c><b>ORDONNANCE AUX FINS DE SAISIE-CONTREFAÇON</b></p><p>N° RG : 26/0{n4}</p><p>Nous, juge délégué par le président du tribunal judiciaire de Paris, vu la requête présentée par la société {owner_fr}, titulaire du brevet français FR 3 {n3} {n3}, vu l'article L. 615-5 du code de la propriété intellectuelle,</p><p>Autorisons la requérante à faire procéder par tout commissaire de justice à une saisie-contrefaçon sur le stand de la société {us} au parc des expositions de Villepinte.</p><p>Fait à Paris, le {issued}</p>",
    ),
    Notice(
        "upc-claim",
        "upc-claim",
        "gb",
        (("issued", 0),),
        "<p><b>Unified Patent Court</b><br>Munich Local Division</p><p>UPC_CFI_{n3}/2026<br>ACT_{n5}/2026</p><p>Date: {issued}</p><p><b>Notification of service of the Statement of claim (R. 270, 271 RoP)</b></p><p>Claimant: {owner}<br>Defendant: {us}</p><p>The Registry hereby serves on you the Statement of claim in the above infringement action concerning EP 3 {n3} {n3}. You may lodge a Preliminary objection within one month of service (R. 19 RoP). The Statement of defence shall be lodged within three months of service of the Statement of claim (R. 23 RoP).</p>",
    ),
    Notice(
        "upc-measures",
        "upc-measures",
        "gb",
        (("issued", 0),),
        "<p class=c><b>UNIFIED PATENT COURT – Local Division Düsseldorf</b><br>UPC_CFI_{n3}/2026</p><p class=c><b>ORDER<br>of the Court of First Instance issued on {issued}<br>for preserving evidence (Art. 60 UPCA, R. 192 et seq. RoP)</b></p><p>APPLICANT: {owner}</p><p>DEFENDANT: {us}</p><p>Without hearing the Defendant, the Court orders an inspection of the Defendant's booth at the trade fair and the preservation of evidence. The Defendant may request a review of this order within 30 days after the execution of the measures.</p>",
    ),
    Notice(
        "euipo",
        "euipo-notification",
        "gb",
        (("issued", 0), ("due", 64)),
        "<p><b>EUIPO</b> European Union Intellectual Property Office<br>Operations Department</p><p style='text-align:right'>Alicante, {issued}</p><p><b>Notification to the applicant of the admissibility of the opposition and of time limits</b></p><table><tr><td>Opposition No:</td><td>B 003 2{n2} {n3}</td></tr><tr><td>Contested mark:</td><td>EUTM 018{n6} {brand}</td></tr><tr><td>Applicant:</td><td>{us}</td></tr><tr><td>Opponent:</td><td>{owner}</td></tr></table><p>The opposition has been found admissible. The cooling-off period is running and the parties may settle the case. If no agreement is reached, the adversarial part begins. Your observations must be received by the Office no later than {due}.</p>",
    ),
    Notice(
        "epo",
        "epo-communication",
        "gb",
        (("issued", 0),),
        "<p><b>European Patent Office</b><br>80298 MUNICH, GERMANY</p><table border=1><tr><td>Application No.</td><td>22 {n3} {n3}.4 – 1208</td></tr><tr><td>Date</td><td>{issued}</td></tr><tr><td>Applicant/Proprietor</td><td>{us}</td></tr></table><p class=c><b>Communication pursuant to Article 94(3) EPC</b></p><p>The examination of the above-identified application has revealed that it does not meet the requirements of the European Patent Convention for the reasons enclosed herewith. You are invited to file your observations within a period of 4 months from the notification of this communication. Failure to comply will result in the application being deemed to be withdrawn (Art. 94(4) EPC).</p><p>Examining Division</p>",
    ),
    Notice(
        "wipo-fr",
        "wipo-notification",
        "fr",
        (("issued", 0),),
        "<p><b>OMPI – Organisation Mondiale de la Propriété Intellectuelle</b><br>34, chemin des Colombettes, 1211 Genève</p><p class=c><b>NOTIFICATION DE REFUS PROVISOIRE DE PROTECTION</b><br>Arrangement et Protocole de Madrid</p><p>Enregistrement international n° 1 7{n2} {n3}<br>Titulaire : {us}<br>Office qui prononce le refus : INPI (France)</p><p>Le refus provisoire est fondé sur une marque antérieure. Le titulaire peut répondre dans un délai de deux mois à compter de la notification.</p><p>Fait à Genève, le {issued}</p>",
    ),
    Notice(
        "udrp",
        "udrp-complaint",
        "us",
        (("issued", 0), ("due", 20)),
        "<p><b>WIPO Arbitration and Mediation Center</b></p><p>{issued}</p><p>Notification of Complaint and Commencement of Administrative Proceeding<br>Case No. D2026-{n4}<br>Disputed domain name: {brand_l}-outlet.com</p><p>Complainant: {owner}<br>Respondent: {us}</p><p>1. You are hereby notified that a Complaint has been filed under the Uniform Domain Name Dispute Resolution Policy (the UDRP). This administrative proceeding has commenced on the date of this notification.</p><p>2. Within 20 days from the date of commencement you must submit a Response. The due date for Response is {due}.</p>",
    ),
    Notice(
        "demand-uk",
        "demand-letter",
        "gb",
        (("issued", 0), ("due", 14)),
        "<p class=c><b>Harrow &amp; Pell LLP</b> · Solicitors · 20 Fetter Lane, London EC4</p><p>{issued}</p><p>{us}</p><p>Our ref: JH/{n4}</p><p>Dear Sirs</p><p><b>Infringement of UK Registered Design No. 6{n6} – letter before claim</b></p><p>We act for {owner_uk}. Our client is the proprietor of the above design. You are offering for sale in the United Kingdom water bottles which do not produce a different overall impression.</p><p>Our client requires you to sign the enclosed undertakings and to return them to us by 4pm on {due}. Failing that, we have instructions to issue proceedings in the Intellectual Property Enterprise Court without further notice.</p>",
    ),
    Notice(
        "demand-fr",
        "demand-letter",
        "fr",
        (("issued", 0), ("due", 15)),
        "<p><b>Cabinet Vasseur &amp; Delorme, avocats à la Cour</b><br>12 rue de Courcelles, 75008 Paris</p><p style='text-align:right'>Paris, le {issued}</p><p>{us}</p><p><b>LRAR – Objet : mise en demeure – contrefaçon de la marque {brand}</b></p><p>Messieurs,</p><p>Nous sommes les conseils de la société {owner_fr}, titulaire de la marque française n° 4{n6}. Nous avons constaté que vous commercialisez des montres reproduisant cette marque.</p><p>Par conséquent, nous vous mettons en demeure de cesser toute commercialisation et de nous communiquer l'état des ventes au plus tard le {due}. À défaut, notre cliente saisira le tribunal compétent et demandera 80 000 € de dommages et intérêts.</p>",
    ),
    Notice(
        "demand-it",
        "demand-letter",
        "it",
        (("issued", 0), ("due", 12)),
        "<p><b>Studio Legale Ferraris</b> – Avv. Lucia Ferraris – Via Manzoni 9, Milano</p><p>Milano, {issued}</p><p>Spett.le {us}</p><p><b>Oggetto: diffida – contraffazione del modello comunitario n. 00{n6}0-0001</b></p><p>Scriviamo in nome e per conto della società {owner_it}. La nostra assistita ha appreso che codesta società offre in vendita lampade che costituiscono contraffazione del modello.</p><p>Vi diffidiamo dal proseguire la commercializzazione e vi invitiamo a confermarlo per iscritto entro il {due}.</p>",
    ),
    Notice(
        "demand-es",
        "demand-letter",
        "es",
        (("issued", 0), ("due", 10)),
        "<p><b>Robles Abogados</b> – Calle Serrano 45, Madrid</p><p>Madrid, a {issued}</p><p>{us}</p><p><b>BUROFAX – Requerimiento de cese por infracción de marca</b></p><p>Muy señores nuestros:</p><p>Me dirijo a ustedes en nombre de mi representada, {owner_es}, titular de la marca española núm. 4.{n3}.{n3}. Nuestra mandante ha comprobado que venden juguetes con dicha marca.</p><p>Les requerimos para que cesen de inmediato y nos remitan su respuesta antes del {due}. En caso contrario interpondremos las acciones judiciales oportunas.</p>",
    ),
    Notice(
        "demand-ko",
        "demand-letter",
        "kr",
        (("issued", 0), ("due", 14)),
        "<p class=c><b>경 고 장</b></p><p>수신: {us}<br>발신: 법무법인 한빛 (담당변호사 김민준)<br>작성일: {issued}</p><p>1. 당 법무법인은 주식회사 누리테크의 의뢰인 대리인으로서 본 서면을 보냅니다.</p><p>2. 귀사가 판매하는 휴대용 선풍기는 의뢰인의 등록디자인 제30-{n6}호를 침해하고 있습니다.</p><p>3. 귀사는 즉시 판매를 중지하고 {due}까지 서면으로 답변하여 주시기 바랍니다.</p>",
    ),
    Notice(
        "demand-cn",
        "demand-letter",
        "cn",
        (("issued", 0), ("due", 15)),
        "<h3 class=c>律 师 函</h3><p>致：{cn}</p><p>广东正衡律师事务所受佛山市明远家具有限公司的委托，就贵司侵犯其外观设计专利权（专利号 ZL 2023 3 0{n6}.X）一事，郑重致函如下：</p><p>一、贵司未经许可，在阿里巴巴国际站销售与上述专利相同的座椅。</p><p>二、请贵司立即停止侵权，并于{due}前书面答复本所，赔偿委托人损失人民币300,000元。</p><p style='text-align:right'>广东正衡律师事务所<br>律师：陈一鸣<br>{issued}</p>",
    ),
    Notice(
        "npe",
        "npe-letter",
        "us",
        (("issued", 0),),
        "<p><b>Redcliff Patent Licensing LLC</b><br>2300 Custer Road, Plano, Texas</p><p>{issued}</p><p>VIA EMAIL</p><p>Re: Patent portfolio licensing opportunity</p><p>Dear {us},</p><p>Redcliff manages a portfolio of more than forty U.S. patents relating to wireless charging. We believe your products practice at least the patents in the enclosed claim charts. We would like to offer you a non-exclusive license to the portfolio for a fully paid-up lump-sum royalty of US$120,000. If we do not hear from you we will consider all options.</p>",
    ),
    Notice(
        "cn-customs",
        "cn-customs",
        "cn",
        (("issued", 0),),
        "<div class=c><b>中华人民共和国黄埔海关</b></div><h3 class=c>扣留侵权嫌疑货物通知书</h3><p style='text-align:right'>埔关知扣字〔2026〕{n3}号</p><p>{cn}：</p><p>你单位于近日向我关申报出口的一批运动鞋（报关单号 5201202600{n6}），涉嫌侵犯某体育用品公司在海关总署备案的商标专用权。根据《中华人民共和国知识产权海关保护条例》的规定，我关决定予以扣留。</p><p>你单位认为货物未侵犯知识产权的，可以向我关提出书面说明并附送证据。</p><p style='text-align:right'>（海关印章）<br>{issued}</p>",
    ),
    Notice(
        "cn-court",
        "cn-court",
        "cn",
        (("hearing", 34), ("issued", 0)),
        "<div class=c><b>广州知识产权法院<br>传　票</b></div><table border=1><tr><td>案　号</td><td>（2026）粤73知民初{n3}号</td></tr><tr><td>案　由</td><td>侵害发明专利权纠纷</td></tr><tr><td>被传唤人</td><td>{cn}</td></tr><tr><td>传唤事由</td><td>开庭</td></tr><tr><td>应到时间</td><td>{hearing}9时30分</td></tr><tr><td>应到处所</td><td>第五法庭</td></tr></table><p>注意事项：被传唤人必须准时到达应到处所。</p><p style='text-align:right'>审判员　林晓<br>书记员　黄婷<br>{issued}</p>",
    ),
    Notice(
        "contract",
        "contract",
        "us",
        (("issued", 0),),
        "<h3 class=c>OEM MANUFACTURING AGREEMENT</h3><p>This Agreement is made and entered into as of {issued} by and between {owner} (“Buyer”) and {us} (“Manufacturer”).</p><p>WHEREAS, Buyer wishes to purchase and Manufacturer wishes to manufacture the Products; NOW, THEREFORE, the parties agree as follows:</p><p>1. Intellectual property. Manufacturer shall not use Buyer's marks except as set out herein. 2. Confidentiality. 3. Termination. 4. Governing law: New York. 5. Entire agreement.</p><p>IN WITNESS WHEREOF the parties have executed this Agreement.</p>",
    ),
    Notice(
        "demand-vi",
        "demand-letter",
        "vi",
        (("issued", 0), ("due", 15)),
        "<p><b>CÔNG TY LUẬT TNHH AN PHÚC</b></p><p style='text-align:right'>Hà Nội, {issued}</p><h3 class=c>THƯ CẢNH BÁO</h3><p>Kính gửi: {us}</p><p>Chúng tôi, thay mặt cho thân chủ là Công ty TNHH Sao Mai, thông báo rằng sản phẩm của Quý công ty xâm phạm quyền đối với nhãn hiệu {brand} đã được bảo hộ tại Việt Nam.</p><p>Chúng tôi yêu cầu Quý công ty chấm dứt hành vi xâm phạm và trả lời bằng văn bản trước {due}.</p>",
    ),
    Notice(
        "demand-ru",
        "demand-letter",
        "ru",
        (("issued", 0), ("due", 15)),
        "<p><b>ООО «Правовой стандарт»</b></p><p>Исх. № {n3}/26 от {issued}</p><p>{us}</p><h3 class=c>ПРЕТЕНЗИЯ</h3><p>Мы действуем от имени ООО «Северный ветер», правообладателя товарного знака № {n6}. Нам стало известно, что Вы предлагаете к продаже товары с обозначением {brand}, что является нарушением исключительных прав нашего доверителя.</p><p>Требуем прекратить нарушение и направить ответ не позднее {due}.</p>",
    ),
)
