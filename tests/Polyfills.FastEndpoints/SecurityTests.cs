using FastEndpoints;

namespace Switchboard.Polyfills.FastEndpoints.Tests;

public sealed class SecurityTests(TestApp app)
{
    [Theory]
    [InlineData("/api/security/default", null, 401)]
    [InlineData("/api/security/default", "name=ann", 200)]
    [InlineData("/api/security/policy", null, 401)]
    [InlineData("/api/security/policy", "name=ann", 403)]
    [InlineData("/api/security/policy", "team=operators", 200)]
    [InlineData("/api/security/scopes", "scope=mail", 403)]
    [InlineData("/api/security/scopes", "scope=mail rules", 200)]
    [InlineData("/api/security/scopes", "scope=ADMIN", 200)]
    [InlineData("/api/security/all-scopes", "scope=rules", 403)]
    [InlineData("/api/security/all-scopes", "scope=rules;scope=admin", 403)]
    [InlineData("/api/security/all-scopes", "scope=rules admin", 200)]
    [InlineData("/api/security/claims", "other=1", 403)]
    [InlineData("/api/security/claims", "employee=1", 200)]
    [InlineData("/api/security/roles", "role=guest", 403)]
    [InlineData("/api/security/roles", "role=boss", 200)]
    [InlineData("/api/security/permissions", "permissions=read", 403)]
    [InlineData("/api/security/permissions", "permissions=write", 200)]
    public async Task A_caller_is_let_in_by_what_the_endpoint_asks_for(string path, string? claims, int status)
        => (await app.Client.GetTextAsync(path, claims is null ? [] : [("X-Claims", claims)])).Status.ShouldBe(status);

    [Fact]
    public async Task One_verb_can_be_open_to_anybody()
    {
        (await app.Client.GetTextAsync("/api/security/verbs")).Status.ShouldBe(200);
        (await app.Client.SendAsync("DELETE", "/api/security/verbs")).Status.ShouldBe(401);
    }

    internal abstract class SecuredEndpoint : EndpointWithoutRequest
    {
        public override Task HandleAsync(CancellationToken ct) => Send.StringAsync(User.Identity?.Name ?? "", cancellation: ct);
    }

    internal sealed class DefaultEndpoint : SecuredEndpoint
    {
        public override void Configure() => Get("/security/default");
    }

    internal sealed class PolicyEndpoint : SecuredEndpoint
    {
        public override void Configure()
        {
            Get("/security/policy");
            AuthSchemes(HeaderAuthentication.Scheme);
            Policies("operators");
        }
    }

    internal sealed class ScopesEndpoint : SecuredEndpoint
    {
        public override void Configure()
        {
            Get("/security/scopes");
            Scopes("rules", "admin");
        }
    }

    internal sealed class AllScopesEndpoint : SecuredEndpoint
    {
        public override void Configure()
        {
            Get("/security/all-scopes");
            ScopesAll("rules", "admin");
        }
    }

    internal sealed class ClaimsEndpoint : SecuredEndpoint
    {
        public override void Configure()
        {
            Get("/security/claims");
            Claims("employee");
        }
    }

    internal sealed class RolesEndpoint : SecuredEndpoint
    {
        public override void Configure()
        {
            Get("/security/roles");
            Roles("boss", "owner");
        }
    }

    internal sealed class PermissionsEndpoint : SecuredEndpoint
    {
        public override void Configure()
        {
            Get("/security/permissions");
            Permissions("write");
        }
    }

    internal sealed class VerbsEndpoint : SecuredEndpoint
    {
        public override void Configure()
        {
            Verbs(Http.GET, Http.DELETE);
            Routes("/security/verbs");
            AllowAnonymous(Http.GET);
        }
    }
}
