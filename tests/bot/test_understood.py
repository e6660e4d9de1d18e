"""Ways of speaking that a conversation must take as they are meant: what is said last."""

import pytest

from tests.bot.last_said import REFUSED, assert_said, replies_to

pytestmark = [pytest.mark.rasa, pytest.mark.filterwarnings("ignore")]

NONE = r"(?!)"
WAITS = r"^好的，不急[^\n]*$"
REGISTER = ["我要登记援助线索", "同意"]
LIST = """企业名称：佛山市恒远灯具有限公司
统一社会信用代码：跳过
联系人：周工
手机：13800138000
所在区：佛山顺德
争议国家：法国
权利类型：外观
程序阶段：海关扣货
送达日期：2026-11-16
已发生费用：无
简述：一票台灯在勒阿弗尔被扣"""
CASES = (
    # Who asks to wait is waited for: nothing else is said, and the form goes on when they are back.
    ([*REGISTER, "等等，我去车间问一声师傅"], WAITS, NONE),
    (
        [*REGISTER, "等等，我去车间问一声师傅", "佛山市恒远灯具有限公司"],
        r"信用代码|联系人",
        r"企业全称",
    ),
    (["日本商标异议哪天截止", "稍等我翻翻抽屉里的公报"], WAITS, NONE),
    (["日本商标异议哪天截止", "稍等我翻翻抽屉里的公报", "11月2日"], r"2027年1月4日", NONE),
    # More words are not fewer.
    (["土耳其商标异议期多久", "太短啦，写长点"], r".", r"^一句话说"),
    # What declines is no name of a company.
    ([*REGISTER, "不认"], r"企业全称", r"信用代码"),
    ([*REGISTER, "不弄"], r"已取消", NONE),
    # Labels and numbers.
    (["甲是日本商标被人异议，乙是波兰海关扣了货", "乙呢"], r"10个工作日|欧盟", r"日本"),
    (["①加拿大商标异议期多久 ②UDRP几天内答辩"], r"(?=[\s\S]*加拿大)(?=[\s\S]*20天)", NONE),
    # How long a right lasts is no period of an opposition.
    (["我们的瑞士商标2017年6月1日注册的，几号到期"], REFUSED, r"异议|截止日是"),
    (["瑞士商标2026年11月2日公布，异议几号到期"], r"2027年2月2日", NONE),
    # What is published later is not counted from its filing.
    (["德国商标异议期多久", "9月1日申请的"], r"注册公告是哪一天", r"截止日是"),
    (
        ["日本商标异议最晚哪天", "对方是今年5月申请的"],
        r"不是起算的日子[\s\S]*公报是哪一天",
        r"截止日是",
    ),
    (["德国商标异议哪天截止", "7月1日申请，11月4日注册公告"], r"2027年2月4日", NONE),
    # A union's law is its members', one member's is not another's.
    (["柜子在亚美尼亚被海关扣着，最多扣几天"], r"10个工作日", r"TROIS"),
    (["吉尔吉斯斯坦商标几年不用会被撤"], REFUSED, r"俄罗斯"),
    (["白俄罗斯海关能扣多久"], r"欧亚经济联盟[\s\S]*10个工作日", r"TROIS"),
    # A court of one country's is not that of another.
    (["瑞士的专利案子，联邦专利法院多久给意见"], REFUSED, r"德国"),
    # Goods under way through a member state.
    (["货从希腊转船时被海关扣下了"], r"10个工作日", REFUSED),
    # A country that only tells whose company is dealt with is not the one whose law is asked.
    (["想把一项技术转让给巴西公司，出境前要办什么"], r"技术[\s\S]*(?:许可|登记)", r"巴西.{0,8}法"),
    # Names alone after a question ask it of another place.
    (["日本商标异议期多久", "智利的异议"], r"30个工作日", r"被起诉、被投诉的一方"),
    # That a bond is to be lodged says no sum.
    (["越南海关备案交多少越南盾"], REFUSED, r"10个工作日"),
    # Lines with labels are items, whatever their order; what is left open is left open, and then it is submitted.
    (
        [*REGISTER, LIST],
        r"请核对[\s\S]*佛山市恒远灯具有限公司\n[\s\S]*2026-11-16",
        r"信用代码：佛山|文书是哪天",
    ),
    ([*REGISTER, LIST, "没别的了，确认提交"], r"线索已登记", r"没有对上"),
    # Who knows nothing of the paper is told who can read it.
    (["帮我算个截止日", "记不清了"], r"拍张照片[\s\S]*转人工", r"没有对上"),
    (["帮我算个截止日", "搞不懂", "那咋办"], r"拍张照片[\s\S]*援助中心", r"没有对上"),
    # Who is angry and asks is answered.
    (
        ["美国TRO冻了店铺的钱，气死了", "说你两句又怎样，他们凭什么连跟案子无关的钱也冻？"],
        r"缩小|无关",
        r"已经记下",
    ),
    (["那个337究竟是个啥玩意"], r"国际贸易委员会|进口", REFUSED),
    # Two that are compared are both told.
    (["法国和英国哪个商标异议期短"], r"(?=[\s\S]*法国)(?=[\s\S]*英国)", REFUSED),
    # Where there is help near.
    (["大涌做红木家具的，哪里可以办"], r"建议先联系：中山", REFUSED),
    # Articles that a letter names are not asked about.
    (
        ["慕尼黑那边律师来信，引了第14条，说我们商标侵权，让签停止侵权声明，多久要答复"],
        r"别直接签|不要盲签|时限",
        REFUSED,
    ),
)
last_replies = replies_to("2026-11-23", [turns for turns, _, _ in CASES])


@pytest.mark.parametrize("number", range(len(CASES)))
def test_it_is_taken_as_it_is_meant(last_replies, number):
    _, right, wrong = CASES[number]
    assert_said(last_replies[number], right, wrong)
