using Microsoft.AspNetCore.Http.Extensions;
using Switchboard.Core.Providers.OAuth;

namespace Switchboard.Edge.Api.Platform.Connections;

/// <summary>What is connected by OAuth: where browsers go, and in words for account holders.</summary>
/// <param name="Name">What it is: <c>mailbox</c>.</param>
/// <param name="Route">Where it is begun: <c>/api/accounts/email</c>.</param>
/// <param name="Tag">Its part of the description of the API.</param>
/// <param name="Consequence">What follows from it.</param>
/// <param name="Permission">What an account holder allows by going on.</param>
internal sealed record ConnectionSubject(string Name, string Route, string Tag, string Consequence, string Permission)
{
    /// <summary>A mailbox, whose mail is read.</summary>
    public static ConnectionSubject Mailbox { get; } = new(
        "mailbox", "/api/accounts/email", "Accounts", "Its mail will be read on their behalf.", "give them this mail");

    /// <summary>An account that is published to.</summary>
    public static ConnectionSubject SocialAccount { get; } = new(
        "social account", "/api/accounts/social", "Social accounts", "Posts will be published to it on their behalf.",
        "let them publish to it");

    /// <summary>The same, as it begins a sentence.</summary>
    public string Title => $"{char.ToUpperInvariant(Name[0])}{Name[1..]}";

    /// <summary>The page that says who asks.</summary>
    public string Page => $"{Route}/connect";

    /// <summary>Where the authority redirects to; it must be registered with the application.</summary>
    public string Callback => $"{Route}/callback";

    /// <summary>The page of an authorization.</summary>
    public string PageOf(string state) => $"{Page}?state={Uri.EscapeDataString(state)}";

    /// <summary>The edge as browsers reach it.</summary>
    /// <param name="publicBaseUrl">As it is configured, if it is.</param>
    /// <param name="request">The request; what trusted proxies say is in it already.</param>
    public static string Edge(Uri? publicBaseUrl, HttpRequest request) =>
        (publicBaseUrl?.AbsoluteUri ?? UriHelper.BuildAbsolute(request.Scheme, request.Host, request.PathBase)).TrimEnd('/');
}

/// <summary>One kind of accounts that are connected by OAuth.</summary>
internal abstract class ConnectionFlow
{
    /// <summary>What is connected.</summary>
    public abstract ConnectionSubject Subject { get; }

    /// <summary>Where an authorization goes on; null when it is one of another kind, or that place is not there any more.</summary>
    public abstract ValueTask<OAuthProvider?> FindProviderAsync(PendingConnection pending, CancellationToken cancellationToken);
}
