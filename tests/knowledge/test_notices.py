"""Pasted foreign notices, composed for these tests."""

import pytest

from knowledge.notices import KINDS, is_foreign, recognise

TEXTS = {
    "tro": "IN THE UNITED STATES DISTRICT COURT FOR THE NORTHERN DISTRICT OF ILLINOIS EASTERN DIVISION. Case No. 1:26-cv-09876. SEALED TEMPORARY RESTRAINING ORDER. This action having been commenced by Plaintiff against the Defendants identified on Schedule A. The Court hereby grants Plaintiff's ex parte motion ... any third party providers, including Amazon, shall restrain any money, funds. Entered October 6, 2026.",
    "amazon": "Hello, We removed some of your listings because we received a report from a rights owner that they infringe design patent. ASIN: B0CXYZ1234. Complaint ID: 17654321098. The listings affected are below. If you think that the rights owner has made an error, please contact them for a retraction. Sincerely, Seller Performance Team, Amazon.com",
    "cbp": "U.S. Customs and Border Protection. NOTICE OF SEIZURE AND INFORMATION TO CLAIMANTS. Dear Sir or Madam: This is to officially notify you that CBP seized the property described below at the Port of Los Angeles on September 28, 2026. The property was seized under 19 U.S.C. 1526(e) for bearing counterfeit trademarks. You may file a petition within thirty (30) days.",
    "cd": "Dear Sir or Madam, We represent Lumen Holdings LLC. It has come to our client's attention that you are offering for sale lamps which infringe U.S. Design Patent No. D912,345. We demand that you immediately cease and desist from any further sale and pay damages within fourteen (14) days. We reserve all rights.",
    "euipo": "EUIPO - European Union Intellectual Property Office. Communication to the applicant: notification of the notice of opposition. Opposition No B 3 210 987. EUTM application 018765432. The cooling-off period starts. The opponent relies on an earlier mark registered in Spain. Alicante, 12/10/2026",
    "udrp": "Notification of Complaint and Commencement of Administrative Proceeding. WIPO Arbitration and Mediation Center. Case No. D2026-3456. Under the Uniform Domain-Name Dispute-Resolution Policy, a complaint was submitted by the Complainant concerning the disputed domain name starlight-led.com. Response due: November 12, 2026.",
    "abm": "Abmahnung wegen Verletzung des eingetragenen Geschmacksmusters. Sehr geehrte Damen und Herren, wir zeigen an, dass wir die Müller GmbH anwaltlich vertreten. Wir fordern Sie auf, die beigefügte strafbewehrte Unterlassungserklärung bis zum 20. Oktober 2026 unterzeichnet zurückzusenden. Rechtsanwalt Dr. Schmidt",
    "ev": "Landgericht Düsseldorf Beschluss vom 3. November 2026, Az. 4a O 123/26. In dem einstweiligen Verfügungsverfahren der Antragstellerin gegen die Antragsgegnerin wird im Wege der einstweiligen Verfügung angeordnet: Der Antragsgegnerin wird es bei Meidung eines Ordnungsgeldes bis zu 250.000 EUR untersagt, die Lampen anzubieten.",
    "337": "NOTICE OF INSTITUTION OF INVESTIGATION. U.S. International Trade Commission. Inv. No. 337-TA-1456. Notice is hereby given that a complaint was filed under section 337 of the Tariff Act of 1930. Responses must be submitted in accordance with 19 CFR 210.13 within 20 days of service.",
    "upc": "Unified Patent Court, Munich Local Division. UPC_CFI_123/2026. Service of the Statement of claim. The defendant is informed that the statement of defence shall be lodged within three months of service and a preliminary objection within one month.",
    "complaint": "UNITED STATES DISTRICT COURT for the District of Delaware. SUMMONS IN A CIVIL ACTION. A lawsuit has been filed against you. Within 21 days after service of this summons on you you must serve on the plaintiff an answer to the attached complaint for patent infringement. If you fail to respond, judgment by default will be entered. Civil Action No. 1:26-cv-00321",
    "eu-customs": "Notification under Regulation (EU) No 608/2013. Customs authorities have decided the detention of the goods suspected of infringing an intellectual property right. You may confirm your agreement to the destruction of the goods within 10 working days. Port of Rotterdam, 5 October 2026.",
    "fr": "Lettre recommandée avec accusé de réception. Mise en demeure. Nous sommes les avocats de la société Lumière SAS. Vos produits constituent une contrefaçon de notre marque française. Nous vous mettons en demeure de cesser toute commercialisation sous huitaine et de nous indemniser.",
    "ebay": "Dear seller, your listing has been removed from eBay because a rights owner reported it through our VeRO program for copyright infringement. You may submit a counter-notice under the Digital Millennium Copyright Act if you believe this was an error. MC999 eBay listing removal.",
    "ttab": "UNITED STATES PATENT AND TRADEMARK OFFICE. Trademark Trial and Appeal Board. Notice of opposition. Opposition No. 91301234. An answer is due within forty days of the mailing date of this order. The opposer alleges likelihood of confusion with its mark. Mailed: October 2, 2026",
}
EXPECTED = {
    # kind, country, procedure, right
    "tro": ("us-tro", "US", "tro", None),
    "amazon": ("amazon", None, "platform", "design"),
    "cbp": ("us-customs", "US", "customs", "trademark"),
    "cd": ("cease-and-desist", None, "warning-letter", "design"),
    "euipo": ("euipo-opposition", "EU", "opposition", "trademark"),
    "udrp": ("udrp", None, "domain-name", "domain"),
    "abm": ("de-abmahnung", "DE", "warning-letter", "design"),
    "ev": ("de-injunction", "DE", "pi", None),
    "337": ("us-337", "US", "section-337", None),
    "upc": ("upc", "UPC", "court", "patent"),
    "complaint": ("us-complaint", "US", "court", "patent"),
    "eu-customs": ("eu-customs", "EU", "customs", None),
    "fr": ("fr-letter", "FR", "warning-letter", "trademark"),
    "ebay": ("platform", None, "platform", "copyright"),
    "ttab": ("ttab", "US", "opposition", "trademark"),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_notice_is_recognised_and_quoted_from_its_own_words(name):
    notice = recognise(TEXTS[name])
    assert notice is not None
    found = (notice.kind.id, notice.country, notice.kind.procedure, notice.right)
    assert found == EXPECTED[name]
    assert notice.quotes
    for quote in notice.quotes:
        assert quote in TEXTS[name]
        assert len(quote) <= 120


def test_what_else_a_notice_names_is_kept():
    tro = recognise(TEXTS["tro"])
    assert (tro.forum, tro.numbers, tro.dates) == (
        "NORTHERN DISTRICT OF ILLINOIS", ("1:26-cv-09876",), ("October 6, 2026",),
    )  # fmt: skip
    order = recognise(TEXTS["ev"])
    assert (order.forum, order.numbers, order.dates) == (
        "Landgericht Düsseldorf", ("Az. 4a O 123/26",), ("3. November 2026",),
    )  # fmt: skip
    assert recognise(TEXTS["amazon"]).numbers == ("Complaint ID: 17654321098",)
    assert recognise(TEXTS["euipo"]).numbers == ("Opposition No B 3 210 987",)


@pytest.mark.parametrize(
    "text",
    [
        "", "TRO", "Amazon listing removed", "亚马逊发邮件说我们被TRO冻结了，Schedule A，伊利诺伊北区法院，怎么办啊，钱都取不出来了",
        "Dear customer, thank you for your order. Your parcel has been shipped and will arrive in three to five days."
        " You can track your parcel with the link below. Happy holidays to your family and friends.",
    ],
)  # fmt: skip
def test_what_is_no_notice_is_none(text):
    assert recognise(text) is None


def test_a_chinese_story_with_latin_names_is_not_foreign():
    assert not is_foreign(
        "我们收到Amazon的邮件，说listing被removed，Complaint ID是17654321098，不知道怎么办才好" * 3
    )
    assert is_foreign(TEXTS["cd"])


def test_every_kind_says_what_it_is_in_chinese_and_has_marks_enough():
    assert len({kind.id for kind in KINDS}) == len(KINDS)
    for kind in KINDS:
        assert any("一" <= char <= "龥" for char in kind.title)
        assert len(kind.marks) >= 4
