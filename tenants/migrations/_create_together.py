"""Creates the models of an app at once."""

from django.db.migrations.operations.base import Operation, OperationCategory


class CreateTogether(Operation):
    """Several `CreateModel`, which may refer to each other.

    For each of them alone Django would render anew all models that are related to it, which is nearly all of them.
    """

    category = OperationCategory.ADDITION

    def __init__(self, operations):
        self.operations = operations

    def state_forwards(self, app_label, state):
        state.__dict__.pop("apps", None)  # made when it is next asked for
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self):
        return "; ".join(operation.describe() for operation in self.operations)
