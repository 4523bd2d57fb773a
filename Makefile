# Needs Python ≥ 3.11 with venv, and make; everything else comes out of requirements.lock.
.PHONY: demo test check bench environment
.NOTPARALLEL:

PYTHON ?= python3
BIN := .venv/bin

# Settings as strong as a deployment's, for the checks that ask no engine.
STRONG = DATABASE_URL=postgresql://beckon@db.internal/beckon \
	BROKER_URL=rediss://broker.internal/0 CACHE_URL=rediss://cache.internal/1 \
	EMAIL_URL=smtp+tls://mail.example ALLOWED_HOSTS=beckon.example \
	OPERATOR_NAME=Beckon OPERATOR_LEGAL_FORM=cooperative OPERATOR_ADDRESS=Leith OPERATOR_INCOME=fees \
	FUNDING_URL=https://beckon.example/about/ COMPLAINTS_EMAIL=complaints@beckon.example \
	SECRET_KEY="$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(64))')" \
	DATA_KEYS="$$($(BIN)/python -c 'import base64, secrets; print(base64.b64encode(secrets.token_bytes(32)).decode())')"

demo: environment
	@BECKON_TETHERED=1 exec $(BIN)/python manage.py demo

test: environment
	$(BIN)/python -m pytest --cov -n auto --maxprocesses 4 --dist loadfile

check: environment
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	$(STRONG) $(BIN)/python manage.py check --deploy --fail-level INFO

bench: environment
	@echo "There are no benchmarks against peers yet; this times the journeys through real processes, then the pages."
	$(BIN)/python -m pytest --durations=25 -q tests/journeys
	$(BIN)/python -m tests.bench

environment:
	@command -v $(PYTHON) >/dev/null || { echo "Python ($(PYTHON)) is not installed." >&2; exit 1; }
	@$(PYTHON) .ci/install.py
