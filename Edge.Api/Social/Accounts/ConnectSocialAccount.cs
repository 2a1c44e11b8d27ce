using System.Net;
using FluentValidation;
using Microsoft.Extensions.Options;
using Switchboard.Core.Providers;
using Switchboard.Core.Providers.OAuth;
using Switchboard.Core.Redis.Limits;
using Switchboard.Core.Social;
using Switchboard.Core.Social.Accounts;
using Switchboard.Edge.Api.Platform.Connections;
using SocialConnectionResults = Microsoft.AspNetCore.Http.HttpResults.Results<
    Microsoft.AspNetCore.Http.HttpResults.Created<Switchboard.Edge.Api.Social.Accounts.BeginSocialConnectionResponse>,
    Microsoft.AspNetCore.Http.HttpResults.Created<Switchboard.Edge.Api.Social.Accounts.SocialAccountResponse>,
    Microsoft.AspNetCore.Http.HttpResults.ProblemHttpResult>;

namespace Switchboard.Edge.Api.Social.Accounts;

/// <summary>An account to connect.</summary>
internal sealed class ConnectSocialAccountRequest
{
    /// <summary>instagram, facebook, x, linkedin, mastodon or bluesky.</summary>
    public string? Platform { get; init; }

    /// <summary>Where it is: the instance of Mastodon, the server of Bluesky (bsky.social if left out).</summary>
    public string? Server { get; init; }

    /// <summary>Of Facebook, the id of the page; left out, the only one that is authorized. Of LinkedIn, the id of the organization whose
    /// page it is, or <c>any</c>: the only one that is administered; left out, the member's own account.</summary>
    public string? Page { get; init; }

    /// <summary>Of Bluesky: the handle or address.</summary>
    public string? Identifier { get; init; }

    /// <summary>Of Bluesky: an app password. It is used once and not kept.</summary>
    public string? AppPassword { get; init; }

    /// <summary>What its requests go through, also while it is connected.</summary>
    public Guid? ProxyId { get; init; }

    /// <summary>The protocol that it follows at first; left out, the one named <c>default</c>, if there is one.</summary>
    public Guid? WarmupProtocolId { get; init; }

    /// <summary>How many posts a day it may publish.</summary>
    public int? DailyCap { get; init; }

    public IReadOnlyList<string?>? Tags { get; init; }
}

internal sealed class ConnectSocialAccountValidator : Validator<ConnectSocialAccountRequest>
{
    public ConnectSocialAccountValidator()
    {
        RuleFor(request => request.Platform).OneOf([.. SocialPlatforms.All.Keys]);
        RuleFor(request => request.Server).NotEmpty().When(request => request.Platform == SocialPlatforms.Mastodon)
            .WithMessage("It must be the instance: mastodon.example.");
        RuleFor(request => request.Server).Null().When(request => !HasServers(request.Platform))
            .WithMessage("Only Mastodon and Bluesky have servers.");
        RuleFor(request => request.Server).Text(SocialServers.MaxLength);
        RuleFor(request => request.Page).Matches(@"\A[0-9]{1,32}\z")
            .When(request => request is { Page: not null, Platform: not SocialPlatforms.LinkedIn })
            .WithMessage("It must be the id of a page.");
        RuleFor(request => request.Page).Matches(@"\A([0-9]{1,32}|any)\z")
            .When(request => request is { Page: not null, Platform: SocialPlatforms.LinkedIn })
            .WithMessage("It must be the id of an organization, or any.");
        RuleFor(request => request.Page).Null()
            .When(request => request.Platform is not (SocialPlatforms.Facebook or SocialPlatforms.LinkedIn))
            .WithMessage("Only Facebook and LinkedIn have pages.");
        When(request => request.Platform == SocialPlatforms.Bluesky, () =>
        {
            RuleFor(request => request.Identifier).NotEmpty().Text(320);
            RuleFor(request => request.AppPassword).NotEmpty().Text(200);
        }).Otherwise(() =>
        {
            RuleFor(request => request.Identifier).Null().WithMessage("Only accounts of Bluesky are connected by a password.");
            RuleFor(request => request.AppPassword).Null().WithMessage("Only accounts of Bluesky are connected by a password.");
        });
        RuleFor(request => request.DailyCap).InclusiveBetween(1, SocialAccountRules.MaxCap);
        RuleFor(request => request.Tags).ListOf(SocialAccountRules.MaxTags, SocialAccountRules.MaxTag);
    }

    private static bool HasServers(string? platform) =>
        platform is not null && SocialPlatforms.All.TryGetValue(platform, out var known) && known.Can(PlatformCapabilities.ManyServers);
}

/// <summary>
/// <c>POST /api/accounts/social</c>: starts to connect an account. Its holder opens the authorization URL in a browser, sees who asks,
/// confirms, and authorizes it at the platform; that leads to <see cref="FinishSocialConnection"/>, which connects it. An account of
/// Bluesky is connected at once, by an app password.
/// </summary>
internal sealed class ConnectSocialAccount(
    CreatingTransactions transactions, DailyQuotas quotas, OAuthConnections connections, SocialAuthorizations authorizations,
    BlueskySessions sessions, SocialServers servers, SocialProxyStore proxies, WarmupStore protocols, SocialAccountConnector connector,
    SlidingWindowLimiter limiter, IOptions<SocialOptions> options)
    : Endpoint<ConnectSocialAccountRequest, SocialConnectionResults>
{
    // at most so many sessions are begun of an account (com.atproto.server.createSession)
    private static readonly RateLimit Sessions = new(30, TimeSpan.FromMinutes(5));

    public override void Configure()
    {
        Post("/api/accounts/social");
        Policies(Scope.Social);
        Description(endpoint => endpoint.Titled("Social accounts", "Start connecting a social account; of Bluesky, connect it")
            .WithDescription("Of Bluesky the answer is the account itself.")
            .Example("""{"platform": "mastodon", "server": "mastodon.example", "dailyCap": 20, "tags": ["news"]}""")
            .Produces<BeginSocialConnectionResponse>(201).Refuses(400, 401, 403, 409, 413, 415, 422, 429, 502, 503));
    }

    public override async Task<SocialConnectionResults> ExecuteAsync(
        ConnectSocialAccountRequest request, CancellationToken ct)
    {
        var userId = HttpContext.Caller().UserId;
        HttpContext.Response.Headers.CacheControl = "no-store";
        var (server, serverError) = await servers.ReadAsync(request.Platform!, request.Server, ct);
        if (serverError is not null)
            return Problems.Invalid(new FieldError("server", serverError));
        var proxy = request.ProxyId is { } proxyId ? await proxies.FindAddressAsync(userId, proxyId, ct) : null;
        if (proxy is null && request.ProxyId is not null)
            return Problems.Invalid(new FieldError("proxyId", $"There is no proxy {request.ProxyId}."));
        if (request.WarmupProtocolId is { } protocol && await protocols.Rows.FindAsync(userId, protocol, ct) is null)
            return Problems.Invalid(new FieldError("warmupProtocolId", $"There is no warm-up protocol {protocol}."));
        if (options.Value.Of(request.Platform!) is { ClientId.Length: 0 })
            return Problems.For(
                StatusCodes.Status503ServiceUnavailable,
                $"No account of {SocialPlatforms.All[request.Platform!].Label} can be connected until the id of the application that is "
                + "registered there is set.");
        if (await quotas.TakeAsync(HttpContext, Quota.SocialAccounts, userId, ct) is { } usedUp)
            return usedUp;

        var details = new ConnectionDetails(
            server!, request.ProxyId, request.WarmupProtocolId, request.DailyCap,
            request.Tags is { } tags ? SocialAccountRules.TagsOf(tags) : null, request.Page);
        return request.Platform == SocialPlatforms.Bluesky
            ? await ConnectBlueskyAsync(userId, request, details, proxy, ct)
            : await BeginAsync(userId, request, details, proxy, ct);
    }

    private async Task<SocialConnectionResults> BeginAsync(
        Guid userId, ConnectSocialAccountRequest request, ConnectionDetails details, AccountProxy? proxy,
        CancellationToken cancellationToken)
    {
        var subject = ConnectionSubject.SocialAccount;
        var edge = ConnectionSubject.Edge(options.Value.PublicBaseUrl, HttpContext.Request);
        OAuthProvider? provider;
        try
        {
            await authorizations.PrepareAsync(request.Platform!, details.Server, proxy, edge + subject.Callback, cancellationToken);
            provider = await authorizations.FindProviderAsync(
                request.Platform!, details.Server, proxy, ofPage: details.Page is not null, cancellationToken);
        }
        catch (ProviderException reason)
        {
            return RefusalOf(reason, "server", "It does not take the application");
        }

        var creation = await transactions.RunAsync(
            HttpContext, request,
            async transaction =>
            {
                var (pending, state) = await connections.BeginAsync(
                    transaction, userId, provider!, edge + subject.Callback, account: null, details.Write(), cancellationToken);
                return Creation<BeginSocialConnectionResponse>.Made(
                    new(pending.Id, request.Platform!, edge + subject.PageOf(state), pending.ExpiresAt.ToStorable()));
            },
            cancellationToken);
        return creation.Refusal is { } refusal ? refusal : TypedResults.Created((string?)null, creation.Answer);
    }

    private async Task<SocialConnectionResults> ConnectBlueskyAsync(
        Guid userId, ConnectSocialAccountRequest request, ConnectionDetails details, AccountProxy? proxy,
        CancellationToken cancellationToken)
    {
        var identifier = request.Identifier!.Trim().TrimStart('@');
        var key = $"bluesky-session:{details.Server}/{identifier.ToLowerInvariant()}";
        if (await limiter.AcquireAsync(key, Sessions, 1, cancellationToken) is { IsAllowed: false } full)
            return Later("Bluesky lets an account begin 30 sessions in five minutes.", full.RetryAfter);
        AuthorizedAccount account;
        try
        {
            account = await sessions.CreateAsync(details.Server, identifier, request.AppPassword!.Trim(), proxy, cancellationToken);
        }
        catch (ProviderException reason)
        {
            return RefusalOf(reason, "appPassword", "It does not open the account");
        }

        var creation = await transactions.RunAsync(
            HttpContext, request,
            async (transaction, jobs) =>
                await connector.WriteAsync(
                    transaction, userId, request.Platform!, details, account, jobs, cancellationToken) is { } connected
                    ? Creation<SocialAccountResponse>.Made(connected)
                    : Creation<SocialAccountResponse>.Refused(
                        Problems.Conflict(ConnectionRefusal.NotAvailable(ConnectionSubject.SocialAccount).Detail)),
            cancellationToken);
        if (creation.Refusal is { } refusal)
            return refusal;
        if (creation.IsNew)
            await connector.ForgetAsync(userId, creation.Answer!.Id);
        return TypedResults.Created($"/api/accounts/social/{creation.Answer!.Id}", creation.Answer);
    }

    private ProblemHttpResult RefusalOf(ProviderException reason, string field, string error) =>
        reason.Failure.IsOutage || reason.Kind == FailureKind.Throttled
            ? Later($"{reason.Failure.Error} Try it again.", reason.Failure.RetryAfter)
            : Problems.Invalid(new FieldError(field, $"{error}: {StorableText.Cut(reason.Failure.Error, 400)}"));

    private ProblemHttpResult Later(string detail, TimeSpan? after)
    {
        var seconds = (int)Math.Ceiling((after ?? TimeSpan.FromSeconds(5)).TotalSeconds);
        HttpContext.Response.Headers.RetryAfter = $"{Math.Clamp(seconds, 1, 600)}";
        return Problems.For(StatusCodes.Status503ServiceUnavailable, detail);
    }
}

/// <summary>An authorization that was started.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Platform">At which platform.</param>
/// <param name="AuthorizationUrl">The page where the account holder confirms it, and goes on to the platform. Shown once: a request that
/// comes again with its <c>Idempotency-Key</c> gets null.</param>
/// <param name="ExpiresAt">Until when they may come back.</param>
internal sealed record BeginSocialConnectionResponse(Guid Id, string Platform, string? AuthorizationUrl, DateTimeOffset ExpiresAt)
    : IShownOnce<BeginSocialConnectionResponse>
{
    public BeginSocialConnectionResponse WithoutSecret() => this with { AuthorizationUrl = null };
}

/// <summary>The servers that users name.</summary>
internal sealed class SocialServers(SocialAddresses addresses, IOptions<SocialOptions> options)
{
    public const int MaxLength = 300;

    /// <summary>The server as it is stored, empty for a platform in one place; or why it is none.</summary>
    public async Task<(string? Server, string? Error)> ReadAsync(string platform, string? text, CancellationToken cancellationToken)
    {
        if (options.Value.Of(platform) is not null)
            return ("", null);
        var named = text?.Trim() ?? options.Value.BlueskyServer.AbsoluteUri;
        if (ErrorOf(named, options.Value.AllowedNetworks.Count > 0, out var url) is { } error)
            return (null, error);
        return await addresses.IsRefusedAsync(url!, cancellationToken)
            ? (null, "It must be at an address of the internet.")
            : (url!.AbsoluteUri.TrimEnd('/'), null);
    }

    /// <summary>What is wrong with its form; null if nothing is. Pure.</summary>
    /// <param name="text">A host, or its address.</param>
    /// <param name="allowsPlain">Whether there are networks of the operator's own, in which it may do without TLS.</param>
    /// <param name="url">Its address.</param>
    public static string? ErrorOf(string text, bool allowsPlain, out Uri? url)
    {
        if (!Uri.TryCreate(text.Contains("://", StringComparison.Ordinal) ? text : $"https://{text}", UriKind.Absolute, out url)
            || url.Host.Length == 0 || url.HostNameType == UriHostNameType.Unknown || url.UserInfo.Length > 0 || url.Query.Length > 0
            || url.Fragment.Length > 0 || url.Scheme is not ("https" or "http"))
            return "It must be a server: mastodon.example.";
        return url.Scheme == "https" || (allowsPlain && IsOwn(url)) ? null : "It must be reached by https.";
    }

    private static bool IsOwn(Uri url) =>
        url.IdnHost == "localhost" || (IPAddress.TryParse(url.IdnHost, out var literal) && !PublicAddress.Is(literal));
}
