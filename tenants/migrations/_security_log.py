"""The triggers that keep the security log: no entry can be rewritten, deleted, replaced or given to another company."""

FIXED = "at, kind, tenant_name, actor_name, person_name, address, details"
SAID = "The security log is only ever added to."
# Who and what it names may be deleted: then the reference becomes empty, and the name beside it stays.
KEPT = {
    "sqlite": (
        f"""CREATE TRIGGER security_log_is_kept BEFORE UPDATE OF {FIXED} ON tenants_securityevent
BEGIN SELECT RAISE(ABORT, '{SAID}'); END""",
    ),
    "postgresql": (
        f"""
CREATE FUNCTION refuse_to_rewrite_security_log() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN RAISE EXCEPTION '{SAID}'; END $$;
CREATE TRIGGER security_log_is_kept BEFORE UPDATE OF {FIXED} ON tenants_securityevent
FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite_security_log();
CREATE TRIGGER security_log_is_kept_whole BEFORE DELETE ON tenants_securityevent
FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite_security_log()
""",
    ),
}
# A reference may only become empty, when the row that it names is deleted.
REFERS = " OR ".join(
    f"(NEW.{name} IS NOT NULL AND (OLD.{name} IS NULL OR NEW.{name} <> OLD.{name}))"
    for name in ("tenant_id", "actor_id", "person_id")
)
NAMED = "UPDATE OF id, tenant_id, actor_id, person_id ON tenants_securityevent"
# REPLACE deletes a row without its triggers for DELETE; so what is there already cannot be added again.
KEPT_WHOLE = {
    "sqlite": (
        f"""CREATE TRIGGER security_log_is_kept_whole BEFORE DELETE ON tenants_securityevent
    BEGIN SELECT RAISE(ABORT, '{SAID}'); END""",
        f"""CREATE TRIGGER security_log_is_not_replaced BEFORE INSERT ON tenants_securityevent
    WHEN EXISTS (SELECT 1 FROM tenants_securityevent WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, '{SAID}'); END""",
        f"""CREATE TRIGGER security_log_keeps_its_names BEFORE {NAMED}
    WHEN NEW.id <> OLD.id OR {REFERS} BEGIN SELECT RAISE(ABORT, '{SAID}'); END""",
    ),
    "postgresql": (
        f"""CREATE TRIGGER security_log_keeps_its_names BEFORE {NAMED} FOR EACH ROW
    WHEN (NEW.id <> OLD.id OR {REFERS}) EXECUTE FUNCTION refuse_to_rewrite_security_log()""",
    ),
}
