# 护航：人要敲的命令都在这里。`make` 或 `make help` 列出它们。
.DEFAULT_GOAL := help
SHELL := bash
BIN := .venv/bin
export RASA_TELEMETRY_ENABLED := false
export TF_CPP_MIN_LOG_LEVEL := 3
# Whatever the shell says, what was compiled is kept: tests are rewritten and compiled in half of the start.
unexport PYTHONDONTWRITEBYTECODE
# A file's tests stay in one process, since they share what they start; the files with slow tests come first.
PARALLEL := -n logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder

.PHONY: help install dev store encoders run test quick branches mutants lint fix types train index evaluate check validate lock

help: ## 列出全部命令
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

install: ## 准备运行所需的环境（.venv，Python 3.10）；已就绪则立即返回
	@scripts/bootstrap.sh run

dev: ## 再装上测试、检查和 Rasa 自己的命令所需的一切
	@scripts/bootstrap.sh dev

store: install ## 再装上存取对象存储（S3）的程序库，设 HUHANG_STORE 才需要
	@scripts/bootstrap.sh store

encoders: install ## 再装上 torch，换用其他编码器或训练编码器才需要；HUHANG_TORCH=cpu 取不带 CUDA 的
	@scripts/bootstrap.sh encoders

run: install ## 启动：环境、索引、模型、服务 http://127.0.0.1:8080
	@$(BIN)/huhang serve --prepare

test: dev ## 运行全部测试（每个处理器核心一个进程，最多四个）
	@$(BIN)/python -m pytest $(PARALLEL)

quick: dev ## 只运行快的测试（各层的单元，不起服务、浏览器，不训练），改代码时先跑它
	@$(BIN)/python -m pytest $(PARALLEL) -m "not slow and not postgres" -q

branches: dev ## 回合、期限、数字核对的测试走过多少分支，低于九成则失败
	@$(BIN)/python scripts/branches.py

mutants: dev ## 逐处改坏这几部分的代码，列出没有测试发现的
	@$(BIN)/python scripts/mutants.py

lint: dev ## 代码检查（ruff）
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

fix: dev ## 自动修正格式
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

types: dev ## 类型检查（mypy）
	@$(BIN)/mypy

train: install ## 训练对话模型（没有变化则跳过）
	@$(BIN)/huhang train bot

index: install ## 重建并发布知识库快照，不含还没审批的修改
	@$(BIN)/huhang kb build --publish --without-drafts

evaluate: install ## 用判定问题集评测检索与拒答
	@$(BIN)/huhang kb build --if-stale --publish --without-drafts
	@$(BIN)/huhang evaluate --golden

check: install ## 检查知识库文档和表
	@$(BIN)/huhang kb check

validate: dev ## 检查 Rasa 对话数据
	@$(BIN)/rasa data validate --domain bot/domain --data bot/data --config config.yml

lock: dev ## 按 pyproject.toml 重新生成四个锁定文件
	@scripts/lock.sh
