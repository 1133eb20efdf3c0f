"""What is told when a provider of tokens cannot be asked; the same for all of them."""

from allegro_privacy.core.account import SignIn
from allegro_privacy.errors import SignInError, UnreachableError
from allegro_privacy.sources.secrets import whose


def unreachable(sign_in: SignIn, provider: str, error: Exception) -> UnreachableError:
    """No answer. Only the kind of the error is told: its text may quote an address with a secret in it."""
    return UnreachableError(
        f"{provider} cannot be reached for the token of {whose(sign_in)}.",
        f"{type(error).__name__}.",
        "See that this machine reaches the internet, then try again.",
    )


def closed(sign_in: SignIn, why: str, fix: str) -> SignInError:
    """A refusal that trying again does not change."""
    name = whose(sign_in)
    return SignInError(f"{name[0].upper()}{name[1:]} cannot be entered.", why, fix)


def out_of_order(sign_in: SignIn, provider: str) -> UnreachableError:
    """An answer that is none."""
    return UnreachableError(
        f"{provider} gives no token for {whose(sign_in)} at present.",
        "Its answer was not one that we know.",
        "Try again later.",
    )
