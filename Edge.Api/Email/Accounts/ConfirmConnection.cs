using Switchboard.Core.Providers.OAuth;

namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary>
/// <c>POST</c> of the page of <see cref="ShowConnection"/>: the account holder has seen who asks and goes on to the provider. Only the
/// browser that was shown the page has the cookie, and another site cannot make it send it (<c>SameSite=Lax</c>).
/// </summary>
internal sealed class ConfirmConnection(OAuthConnections connections, BrowserCookie cookie)
    : EndpointWithoutRequest<IResult>
{
    public override void Configure()
    {
        Post(ConnectionRoutes.Page);
        AllowAnonymous();
        Description(endpoint => endpoint.Titled("Accounts", "Confirm connecting a mailbox and go on to its provider")
            .Produces(303).Refuses(400, 403, 429, 503));
    }

    public override async Task<IResult> ExecuteAsync(CancellationToken ct)
    {
        var state = HttpContext.Request.Query["state"].ToString();
        if (await connections.FindAsync(state, ct) is not { } pending)
            return ConnectionPage.Refused(HttpContext, ConnectionRefusal.Unknown);
        if (cookie.Read(HttpContext) is not { } browser || IsFromElsewhere(HttpContext.Request))
            return ConnectionPage.Refused(HttpContext, ConnectionRefusal.NotConfirmed);

        var provider = HttpContext.RequestServices.GetRequiredKeyedService<OAuthProvider>(pending.Provider);
        if (await connections.ConfirmAsync(pending, provider, state, browser, ct) is not { } authorization)
            return ConnectionPage.Refused(HttpContext, ConnectionRefusal.Unknown);
        HtmlPage.Protect(HttpContext.Response);
        HttpContext.Response.Headers.Location = authorization.AbsoluteUri;
        return TypedResults.StatusCode(StatusCodes.Status303SeeOther);
    }

    // a page of a sister domain has the cookie sent too; browsers say where a form was (Fetch Metadata)
    private static bool IsFromElsewhere(HttpRequest request) =>
        (string?)request.Headers["Sec-Fetch-Site"] is { Length: > 0 } site && site is not ("same-origin" or "none");
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

    /// <summary>Gives the browser one, or lets the one it has last longer: it may be connecting two mailboxes at once.</summary>
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
