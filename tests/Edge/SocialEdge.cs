using Microsoft.AspNetCore.Http;
using Switchboard.Tests.Unit.Providers;

namespace Switchboard.Tests.Edge;

/// <summary>The edge with a platform of the test's that stands for each.</summary>
public sealed class SocialEdge : EdgeProcess
{
    private LoopbackServer _platform = null!;

    public string Platform => _platform.Url.AbsoluteUri.TrimEnd('/');

    /// <summary>What the platform was asked.</summary>
    public List<string> Asked { get; } = [];

    protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["Social__AllowedNetworks__0"] = "127.0.0.0/8",
        ["Social__BlueskyServer"] = Platform,
        ["Social__X__ApiBaseUrl"] = Platform,
        ["Social__X__AuthorizationUrl"] = $"{Platform}/authorize",
        ["Social__X__TokenUrl"] = $"{Platform}/2/oauth2/token",
        ["Social__X__ClientId"] = "client",
        ["Social__Facebook__ApiBaseUrl"] = Platform,
        ["Social__Facebook__AuthorizationUrl"] = $"{Platform}/authorize",
        ["Social__Facebook__TokenUrl"] = $"{Platform}/oauth/access_token",
        ["Social__Facebook__ClientId"] = "client",
        ["Social__LinkedIn__ApiBaseUrl"] = Platform,
        ["Social__LinkedIn__AuthorizationUrl"] = $"{Platform}/authorize",
        ["Social__LinkedIn__TokenUrl"] = $"{Platform}/oauth/v2/accessToken",
        ["Social__LinkedIn__ClientId"] = "client",
        ["Social__Instagram__ClientId"] = "",
    };

    public override async ValueTask InitializeAsync()
    {
        _platform = await LoopbackServer.StartAsync(AnswerAsync);
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _platform.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        var path = context.Request.Path.Value!;
        lock (Asked)
            Asked.Add($"{path} {body}");
        var (status, json) = path switch
        {
            "/2/oauth2/token" => (200, """{"access_token":"a","refresh_token":"r","expires_in":7200}"""),
            "/2/users/me" => (200, """{"data":{"id":"1","name":"Ann","username":"ann"}}"""),
            "/oauth/access_token" => (200, """{"access_token":"user","expires_in":5184000}"""),
            "/me/accounts" => (200, """{"data":[{"id":"10","name":"One","access_token":"p10"},{"id":"20","name":"Two","access_token":"p20"}]}"""),
            "/oauth/v2/accessToken" => (200, """{"access_token":"l","expires_in":5184000}"""),
            "/v2/userinfo" => (200, """{"sub":"me","name":"Ann"}"""),
            _ when path.StartsWith("/rest/", StringComparison.Ordinal) && context.Request.Headers["Linkedin-Version"].Count == 0 =>
                (400, """{"code":"VERSION_MISSING","message":"A version must be present."}"""),
            "/rest/organizationAcls" => (200, """
                {"elements":[
                    {"organization":"urn:li:organization:100","role":"ADMINISTRATOR","state":"APPROVED"},
                    {"organization":"urn:li:organization:200","role":"CONTENT_ADMINISTRATOR","state":"APPROVED"},
                    {"organization":"urn:li:organization:300","role":"ANALYST","state":"APPROVED"}]}
                """),
            "/rest/organizations/100" => (200, """{"id":100,"localizedName":"Ann Inc.","vanityName":"ann-inc"}"""),
            "/rest/organizations/200" => (200, """{"id":200,"localizedName":"Bob Ltd."}"""),
            "/api/v1/apps" => (200, """{"client_id":"app","client_secret":"app-secret"}"""),
            "/oauth/token" => (200, """{"access_token":"m"}"""),
            "/api/v1/accounts/verify_credentials" => (200, """{"id":"7","username":"ann","display_name":"Ann"}"""),
            "/xrpc/com.atproto.server.createSession" when body.Contains("wrong", StringComparison.Ordinal) =>
                (401, """{"error":"AuthenticationRequired","message":"Invalid identifier or password"}"""),
            "/xrpc/com.atproto.server.createSession" => (200, """{"did":"did:plc:1","handle":"ann.test","accessJwt":"x","refreshJwt":"y"}"""),
            _ => (404, "{}"),
        };
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(json);
    }
}
