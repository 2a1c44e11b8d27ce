using Switchboard.Core.Providers.OAuth;

namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary>
/// <c>GET /api/accounts/email/connect?state</c>: what a <see cref="BeginConnection"/> hands out, for the account holder's browser. It says
/// who asks and for what, gives the browser its cookie, and changes nothing: programs that look at links are not to confirm them.
/// </summary>
internal sealed class ShowConnection(OAuthConnections connections, BrowserCookie cookie) : EndpointWithoutRequest<IResult>
{
    public override void Configure()
    {
        Get(ConnectionRoutes.Page);
        AllowAnonymous();
        Description(endpoint => endpoint.Titled("Accounts", "Show who asks to connect a mailbox")
            .Produces(200, contentType: "text/html").Refuses(400, 429, 503));
    }

    public override async Task<IResult> ExecuteAsync(CancellationToken ct)
    {
        var state = HttpContext.Request.Query["state"].ToString();
        if (await connections.FindAsync(state, ct) is not { } pending)
            return ConnectionPage.Refused(HttpContext, ConnectionRefusal.Unknown);
        var provider = HttpContext.RequestServices.GetRequiredKeyedService<OAuthProvider>(pending.Provider);
        cookie.Ensure(HttpContext);
        return ConnectionPage.Confirm(HttpContext, pending, provider, HttpContext.Request.PathBase + ConnectionRoutes.PageOf(state));
    }
}
