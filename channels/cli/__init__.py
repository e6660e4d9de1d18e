"""The ``huhang`` command: each subcommand is one module here, imported only when it is called."""

from __future__ import annotations

import importlib
import logging
import sys
from collections.abc import Sequence

from channels.cli.arguments import Parser
from desk.contents import use_store
from desk.masking import MaskingFilter
from knowledge.errors import AssistantError
from knowledge.heaps import seldom_collected
from knowledge.objects import objects_at
from settings import load_settings, one_thread_a_product

# command -> one-line help; the module of the same name (underscored) is imported on use, so that
# commands which do not talk start without Rasa or TensorFlow.
COMMANDS: dict[str, str] = {
    "serve": "启动服务（聊天页、接口）",
    "chat": "在终端里对话",
    "ask": "问一句并退出，或批量处理对话文件",
    "read": "读一份文书：是什么、谁发的、最要紧的日子",
    "search": "检索知识库段落",
    "evaluate": "用判定集评测检索",
    "kb": "知识库：检查、导入、构建、发布、回滚",
    "train": "训练对话模型或编码器",
    "deadline": "按规则计算期限",
    "route": "找对应的援助中心",
    "lead": "查看和导出援助线索",
    "staff": "工作人员：添加、列出、停用、重置",
    "purge": "清除过期的个人数据",
    "wechat": "检查公众号、企业微信和微信客服接得对不对",
    "doctor": "检查环境和数据是否就绪",
    "backup": "备份运行数据",
    "restore": "恢复运行数据",
}


one_thread_a_product()  # before anything imports numpy
seldom_collected()


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand.

    :return: 0 on success, 1 on a reported failure, 2 on wrong usage.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    parser = Parser(prog="huhang", description="护航：海外知识产权维权援助助手")
    commands = parser.add_subparsers(dest="command", metavar="命令", required=True)
    chosen = next((item for item in arguments if not item.startswith("-")), None)
    for name, text in COMMANDS.items():
        sub = commands.add_parser(name, help=text, description=text)
        if name == chosen:
            importlib.import_module(f"channels.cli.{name}").add_arguments(sub)
    options = parser.parse_args(arguments)
    try:
        settings = load_settings()
        logging.basicConfig(
            level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s"
        )
        for handler in logging.getLogger().handlers:
            handler.addFilter(MaskingFilter())
        logging.getLogger("faiss").setLevel(logging.WARNING)
        use_store(settings.desk.attachments_dir, objects_at(settings.store_url))
        module = importlib.import_module(f"channels.cli.{options.command}")
        return int(module.run(options, settings))
    except AssistantError as error:
        print(f"错误：{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
