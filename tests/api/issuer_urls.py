"""Addresses and claims of the issuer under test; Django imports them by name."""

from django.contrib.auth.views import LoginView
from django.urls import include, path
from oauth2_provider.oauth2_validators import OAuth2Validator


class RolesInTokens(OAuth2Validator):  # type: ignore[misc]  # the toolkit has no types
    """Puts a user's name and groups into his ID tokens."""

    oidc_claim_scope = OAuth2Validator.oidc_claim_scope | {"qala": "profile"}

    def get_additional_claims(self, request: object) -> dict[str, object]:
        """Return the claims beside the standard ones."""
        user = request.user  # type: ignore[attr-defined]  # as above
        roles = [group.name for group in user.groups.order_by("name")]
        return {"preferred_username": user.username, "qala": {"roles": roles}}


urlpatterns = [
    path("login", LoginView.as_view(template_name="login.html")),
    path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
]
