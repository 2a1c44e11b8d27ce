using Switchboard.Core.Diagnostics;
using Switchboard.Core.Providers;
using Switchboard.Core.Providers.OAuth;

namespace Switchboard.Edge.Api.Platform.Connections;

/// <summary>
/// <c>GET …/connect?state</c>: what beginning a connection hands out, for the account holder's browser. It says who asks and for what,
/// gives the browser its cookie, and changes nothing: programs that look at links are not to confirm them.
/// </summary>
internal abstract class ShowConnectionEndpoint(OAuthConnections connections, ConnectionFlow flow, BrowserCookie cookie)
    : EndpointWithoutRequest<IResult>
{
    /// <summary>Its route, its tag and its summary in OpenAPI.</summary>
    protected void Show(ConnectionSubject subject)
    {
        Get(subject.Page);
        AllowAnonymous();
        Description(endpoint => endpoint.Titled(subject.Tag, $"Show who asks to connect a {subject.Name}")
            .Produces(200, contentType: "text/html").Refuses(400, 429, 503));
    }

    public sealed override async Task<IResult> ExecuteAsync(CancellationToken ct)
    {
        var state = HttpContext.Request.Query["state"].ToString();
        if (await connections.FindAsync(state, ct) is not { } pending || await flow.FindProviderAsync(pending, ct) is not { } provider)
            return ConnectionPage.Refused(HttpContext, flow.Subject, ConnectionRefusal.Unknown(flow.Subject));
        cookie.Ensure(HttpContext);
        return ConnectionPage.Confirm(
            HttpContext, flow.Subject, pending, provider, HttpContext.Request.PathBase + flow.Subject.PageOf(state));
    }
}

/// <summary>
/// <c>POST</c> of that page: the account holder has seen who asks and goes on to the provider. Only the browser that was shown the page
/// has the cookie, and another site cannot make it send it (<c>SameSite=Lax</c>).
/// </summary>
internal abstract class ConfirmConnectionEndpoint(OAuthConnections connections, ConnectionFlow flow, BrowserCookie cookie)
    : EndpointWithoutRequest<IResult>
{
    /// <summary>Its route, its tag and its summary in OpenAPI.</summary>
    protected void Confirm(ConnectionSubject subject)
    {
        Post(subject.Page);
        AllowAnonymous();
        Description(endpoint => endpoint.Titled(subject.Tag, $"Confirm connecting a {subject.Name} and go on to its provider")
            .Produces(303).Refuses(400, 403, 429, 503));
    }

    public sealed override async Task<IResult> ExecuteAsync(CancellationToken ct)
    {
        var state = HttpContext.Request.Query["state"].ToString();
        if (await connections.FindAsync(state, ct) is not { } pending || await flow.FindProviderAsync(pending, ct) is not { } provider)
            return ConnectionPage.Refused(HttpContext, flow.Subject, ConnectionRefusal.Unknown(flow.Subject));
        if (cookie.Read(HttpContext) is not { } browser || IsFromElsewhere(HttpContext.Request))
            return ConnectionPage.Refused(HttpContext, flow.Subject, ConnectionRefusal.NotConfirmed);
        if (await connections.ConfirmAsync(pending, provider, state, browser, ct) is not { } authorization)
            return ConnectionPage.Refused(HttpContext, flow.Subject, ConnectionRefusal.Unknown(flow.Subject));
        HtmlPage.Protect(HttpContext.Response);
        HttpContext.Response.Headers.Location = authorization.AbsoluteUri;
        return TypedResults.StatusCode(StatusCodes.Status303SeeOther);
    }

    // a page of a sister domain has the cookie sent too; browsers say where a form was (Fetch Metadata)
    private static bool IsFromElsewhere(HttpRequest request) =>
        (string?)request.Headers["Sec-Fetch-Site"] is { Length: > 0 } site && site is not ("same-origin" or "none");
}

/// <summary>
/// <c>GET …/callback?code&amp;state</c>: the authority redirects the account holder here. There is no API key: the state says which user
/// started, and the cookie that it was confirmed in this browser. The code is exchanged, it is asked whose account it is, and the account
/// is connected. Until that is committed the authorization stays valid, so after a temporary failure the same authorization URL can be
/// opened again. A browser gets a page, a program JSON.
/// </summary>
internal abstract partial class FinishConnectionEndpoint<TAccount>(
    OAuthConnections connections, ConnectionFlow flow, BrowserCookie cookie) : EndpointWithoutRequest<IResult>
    where TAccount : class
{
    // Microsoft's have some 1,500 characters
    private const int MaxCode = 8_192;

    /// <summary>Its route, its tag and its summary in OpenAPI.</summary>
    protected void Finish(ConnectionSubject subject)
    {
        Get(subject.Callback);
        AllowAnonymous();
        Description(endpoint => endpoint.Titled(subject.Tag, $"Finish connecting a {subject.Name} (the provider redirects here)")
            .Produces<TAccount>().Refuses(400, 403, 409, 429, 502, 503));
    }

    public sealed override async Task<IResult> ExecuteAsync(CancellationToken ct)
    {
        var (account, refusal) = await FinishAsync(HttpContext.Request.Query, ct);
        return account is not null
            ? ConnectionPage.Connected(HttpContext, flow.Subject, NameOf(account), account)
            : ConnectionPage.Refused(HttpContext, flow.Subject, refusal!);
    }

    /// <summary>Connects what was authorized.</summary>
    /// <returns>The account, or why there is none.</returns>
    /// <exception cref="ProviderException">The provider does not say whose it is.</exception>
    protected abstract Task<(TAccount? Account, ConnectionRefusal? Refusal)> ConnectAsync(
        PendingConnection pending, OAuthProvider provider, OAuthGrant grant, CancellationToken cancellationToken);

    /// <summary>What people know it by.</summary>
    protected abstract string NameOf(TAccount account);

    private async Task<(TAccount? Account, ConnectionRefusal? Refusal)> FinishAsync(
        IQueryCollection query, CancellationToken cancellationToken)
    {
        if (await connections.FindAsync(query["state"], cancellationToken) is not { } pending
            || await flow.FindProviderAsync(pending, cancellationToken) is not { } provider)
            return (null, ConnectionRefusal.Unknown(flow.Subject));
        if (!pending.IsConfirmedBy(cookie.Read(HttpContext)))
            return (null, ConnectionRefusal.NotConfirmed);
        if ((string?)query["error"] is { Length: > 0 } error)
            return (null, ConnectionRefusal.OfAuthorization(error, query["error_description"]));
        if ((string?)query["code"] is not { Length: > 0 and <= MaxCode } code)
            return (null, ConnectionRefusal.NoCode);

        OAuthGrant? grant = null;
        try
        {
            grant = await connections.ExchangeAsync(pending, provider, code, cancellationToken);
            return grant is null
                ? (null, ConnectionRefusal.Unknown(flow.Subject))
                : await ConnectAsync(pending, provider, grant, cancellationToken);
        }
        catch (ProviderException reason)
        {
            Log.NotConnected(Logger, flow.Subject.Name, provider.Name, reason);
            return (null, grant is null
                ? ConnectionRefusal.OfToken(reason.Failure)
                : ConnectionRefusal.OfProfile(reason.Failure, flow.Subject));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "A {Kind} of {Provider} could not be connected: {Reason}")]
        public static partial void NotConnected(ILogger logger, string kind, Redacted provider, Redacted reason);
    }
}

/// <summary>
/// The cookie by which the browser that began an authorization is known when it ends it: random, kept for as long as an authorization
/// may take, stored as a hash alone.
/// </summary>
internal sealed class BrowserCookie(IHostEnvironment environment)
{
    // with the prefix no other host of the domain can set it; it needs https, which Development has not
    private readonly string _name = environment.IsDevelopment() ? "switchboard-connect" : "__Host-switchboard-connect";

    /// <summary>What the browser has; null when that is nothing of ours.</summary>
    public string? Read(HttpContext context) =>
        context.Request.Cookies[_name] is { } value && Pkce.Hash(value) is not null ? value : null;

    /// <summary>Gives the browser one, or lets the one it has last longer: it may be connecting two accounts at once.</summary>
    public void Ensure(HttpContext context) => context.Response.Cookies.Append(
        _name,
        Read(context) ?? Pkce.RandomToken(),
        new CookieOptions
        {
            HttpOnly = true,
            Secure = !environment.IsDevelopment(),
            SameSite = SameSiteMode.Lax,
            MaxAge = OAuthConnections.Life,
            Path = "/",
            IsEssential = true,
        });
}
