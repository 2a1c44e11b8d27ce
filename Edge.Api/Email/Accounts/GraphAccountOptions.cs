using System.ComponentModel.DataAnnotations;

namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary>How mailboxes of Microsoft 365 are connected; section <c>Graph</c>.</summary>
internal sealed class GraphAccountOptions : IValidatableObject
{
    public const string Section = "Graph";

    /// <summary>Microsoft Graph; <c>/v1.0/…</c> follows.</summary>
    [Required(ErrorMessage = "Set Graph:ApiBaseUrl.")]
    public Uri ApiBaseUrl { get; init; } = new("https://graph.microsoft.com");

    /// <summary>The identity platform with its tenant; <c>/oauth2/v2.0/…</c> follows.</summary>
    [Required(ErrorMessage = "Set Graph:Authority.")]
    public Uri Authority { get; init; } = new("https://login.microsoftonline.com/common");

    /// <summary>The application as it is registered there. Left out, no mailbox of Microsoft 365 can be connected.</summary>
    public string ClientId { get; init; } = "";

    /// <summary>Its secret; left out for a public client, which PKCE alone protects.</summary>
    public string ClientSecret { get; init; } = "";

    /// <summary>
    /// The edge as browsers reach it, <c>https://switchboard.example</c>: the authority redirects to it. Left out, it is the
    /// address that a request shows.
    /// </summary>
    public string? PublicBaseUrl { get; init; }

    /// <summary>How long the authority or Graph may take for an answer while somebody waits, in seconds.</summary>
    [Range(1, 60)]
    public int ConnectTimeoutSeconds { get; init; } = 10;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IsWebAddress(ApiBaseUrl))
            yield return new("Graph:ApiBaseUrl must be an address such as https://graph.microsoft.com.", [nameof(ApiBaseUrl)]);
        if (!IsWebAddress(Authority))
            yield return new("Graph:Authority must be an address such as https://login.microsoftonline.com/common.", [nameof(Authority)]);
        if (!string.IsNullOrEmpty(PublicBaseUrl) && !(Uri.TryCreate(PublicBaseUrl, UriKind.Absolute, out var url) && IsWebAddress(url)))
            yield return new("Graph:PublicBaseUrl must be an address such as https://switchboard.example.", [nameof(PublicBaseUrl)]);
    }

    // what follows is put behind it
    private static bool IsWebAddress(Uri url) =>
        url.IsAbsoluteUri && url.Scheme is ("http" or "https") && url.Query.Length == 0 && url.Fragment.Length == 0;
}
