using System.Text.Json.Nodes;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Social;

/// <summary>Sessions of a PDS: by app password, any but <c>wrong</c>, of which few may be made; and refreshed as often as one
/// likes.</summary>
internal sealed class BlueskySessions(SocialNetwork network)
{
    private const string Scope = "com.atproto.appPass";
    private const int MostSessions = 30;
    private static readonly TimeSpan AccessLife = TimeSpan.FromMinutes(120);
    private static readonly TimeSpan RefreshLife = TimeSpan.FromDays(90);
    private readonly Quota _sessions = new(network.Clock, TimeSpan.FromMinutes(5));

    public void Map(RouteGroupBuilder xrpc, Func<HttpRequest, string, Func<SocialGrant, IResult>, Task<IResult>> with)
    {
        xrpc.MapPost("/com.atproto.server.createSession", CreateSessionAsync);
        xrpc.MapPost("/com.atproto.server.refreshSession", (HttpRequest request) =>
            with(request, SocialTokens.Refresh, grant => Session(grant.Account, grant.Grant)));
        xrpc.MapPost("/com.atproto.server.deleteSession", (HttpRequest request) => with(request, SocialTokens.Refresh, grant =>
        {
            grant.Account.End(grant.Grant);
            return Results.Ok();
        }));
        xrpc.MapGet("/com.atproto.server.getSession", (HttpRequest request) => with(request, SocialTokens.Access, grant => new JsonAnswer(
            new JsonObject { ["did"] = grant.Account.Id, ["handle"] = grant.Account.Handle, ["active"] = true })));
    }

    private async Task<IResult> CreateSessionAsync(HttpRequest request)
    {
        if (await ControlBody.ReadAsync(request) is not { } body || ControlBody.Text(body, "identifier") is not { Length: > 0 } identifier
            || ControlBody.Text(body, "password") is not { Length: > 0 } password)
        {
            return BlueskyApi.Error(400, "InvalidRequest", "Input must have the properties \"identifier\" and \"password\"");
        }

        var account = network.Accounts.Of(identifier);
        var state = _sessions.Take(account.Id, MostSessions);
        BlueskyApi.Limits(request.HttpContext.Response, state, "30;w=300");
        if (!state.IsTaken)
        {
            return BlueskyApi.Error(429, "RateLimitExceeded", "Rate Limit Exceeded");
        }

        if (password == "wrong" || account.State == SocialAccountState.Declining)
        {
            return BlueskyApi.Error(401, "AuthenticationRequired", "Invalid identifier or password");
        }

        if (account.State == SocialAccountState.Suspended)
        {
            return BlueskyApi.Error(401, "AccountTakedown", "Account has been taken down");
        }

        account.Authorize();
        return Session(account, network.Tokens.NewGrant());
    }

    // the refresh token before stays good for a while, as at Bluesky: an answer may be lost
    private JsonAnswer Session(SocialAccount account, string grant) => new(new JsonObject
    {
        ["accessJwt"] = network.Tokens.Issue(SocialTokens.Access, account, Scope, grant, network.Tokens.Life(AccessLife)),
        ["refreshJwt"] = network.Tokens.Issue(SocialTokens.Refresh, account, "com.atproto.refresh", grant, RefreshLife),
        ["did"] = account.Id,
        ["handle"] = account.Handle,
        ["active"] = true,
    });
}
