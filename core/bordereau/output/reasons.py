"""Why a delivery cannot go on: stable codes, what they mean, and the cure.

A reason shows wherever the delivery shows, and it groups the list of what needs a person.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """A cause with its cure; `retry` says that trying again is what follows the cure."""

    text: str
    fix: str
    retry: bool = True


REASONS: dict[str, Reason] = {
    "NO_METHOD": Reason(
        "No delivery method is chosen for the customer.",
        "Choose a method for the customer, or send the invoices with an alternative.",
    ),
    "MODE_UNAVAILABLE": Reason(
        "A channel of the customer's delivery method is not connected.",
        "Connect the channel, or choose another method.",
    ),
    "NO_EMAIL": Reason("The customer has no e-mail address.", "Enter the address."),
    "NO_RECIPIENT": Reason(
        "The customer has no electronic address.", "Enter the address for e-invoices."
    ),
    "NOT_ENTITLED": Reason(
        "Sending invoices by e-mail is for subscribers.", "Subscribe, or choose another method."
    ),
    "ZERO_TOTAL": Reason(
        "Invoices of 0.00 are not exported to this destination.",
        "Allow zero totals on the connection, then export again.",
    ),
    "KIND_NOT_TAKEN": Reason("The channel does not take this kind of document.", "Nothing to do."),
    "CURRENCY_NOT_TAKEN": Reason(
        "The channel does not take this currency.", "Export the invoice elsewhere."
    ),
    "NUMBER_TOO_LONG": Reason(
        "The invoice number is longer than the channel takes.",
        "Shorten the pattern of the number series for later invoices.",
    ),
    "RENDER_FAILED": Reason("The file could not be made.", "Look at the layout and the invoice."),
    "RENDER_TIMEOUT": Reason(
        "Making the file took too long.", "Raise the limit of the renderer, or simplify the layout."
    ),
    "RENDER_KILLED": Reason(
        "Making the file needed too much memory or time.", "Raise the limits of the renderer."
    ),
    "NO_RENDERER": Reason(
        "Nothing is connected that makes the file that the channel needs.", "Connect a renderer."
    ),
    "VALIDATION_FAILED": Reason(
        "The channel could not check the invoice.", "Tell the author of the plugin."
    ),
    "PLUGIN_MISSING": Reason("The plugin is not installed.", "Install it again."),
    "PLUGIN_DISABLED": Reason("The plugin is switched off.", "Switch it on."),
    "CONNECTION_DISABLED": Reason("The connection is disabled.", "Enable it."),
    "RECONNECT": Reason("The connection needs a person.", "Connect it again."),
    "SETTINGS_INVALID": Reason("The settings do not fit the plugin.", "Correct the settings."),
    "SETUP": Reason("The stored secrets cannot be opened.", "Enter them again."),
    "ACTION_REQUIRED": Reason("The far side needs something first.", "Do what it says."),
    "REJECTED": Reason("The far side refused it.", "Correct what it names."),
    "RETRIES_SPENT": Reason("It was tried many times in vain.", "Find out why, then try again."),
    "UNKNOWN": Reason(
        "Nobody can tell whether it arrived.", "Look, then say: resend, or it arrived.", retry=False
    ),
    "PENDING_TOO_LONG": Reason(
        "The far side did not confirm it.", "Look whether it was fetched.", retry=False
    ),
    "LOOK": Reason("It is done, but should be looked at.", "Look, then dismiss.", retry=False),
    "WORK_FAILED": Reason("The work broke off inside.", "Try again; then ask the operator."),
    "CANCELLED": Reason("It was cancelled.", "Order it again."),
    "CALL_TOO_LONG": Reason(
        "The channel has had it for unusually long and has not answered yet.",
        "Wait; or restart the worker: what is in doubt is looked up before anything is sent again.",
        retry=False,
    ),
    "INVOICE_VOIDED": Reason(
        "The invoice was voided before it left.", "Nothing to do.", retry=False
    ),
}


def text_of(code: str) -> str:
    """Return the sentence for a code; a plugin's own code stands for itself."""
    return REASONS[code].text if code in REASONS else code
