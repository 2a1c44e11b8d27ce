using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;

namespace FastEndpoints;

/// <summary>Who may call an endpoint, as a policy of ASP.NET.</summary>
internal static class EndpointSecurity
{
    public static IAuthorizeData[] Requirements(EndpointDefinition definition)
    {
        IEnumerable<string> policies = definition.PreBuiltUserPolicies ?? [];
        if (definition.RequiresAuthorization)
            policies = policies.Append(definition.SecurityPolicyName);
        return [.. policies.Select(policy => new AuthorizeAttribute(policy)
        {
            AuthenticationSchemes = definition.AuthSchemeNames is { } schemes ? string.Join(',', schemes) : null,
            Roles = definition.AllowedRoles is { } roles ? string.Join(',', roles) : null,
        })];
    }

    public static void AddPolicy(AuthorizationOptions options, EndpointDefinition definition)
    {
        if (!definition.RequiresAuthorization)
            return;

        options.AddPolicy(definition.SecurityPolicyName, policy =>
        {
            policy.RequireAuthenticatedUser();
            if (definition.AllowedPermissions is { Count: > 0 } permissions)
                policy.RequireAssertion(c => Match(permissions, definition.AllowAnyPermission, p => HasPermission(c.User, p)));
            if (definition.AllowedScopes is { Count: > 0 } scopes)
                policy.RequireAssertion(c => HasScopes(c.User, scopes, definition.AllowAnyScope));
            if (definition.AllowedClaimTypes is { Count: > 0 } types)
                policy.RequireAssertion(c => Match(types, definition.AllowAnyClaim, t => c.User.HasClaim(claim => Same(claim.Type, t))));
            definition.PolicyBuilder?.Invoke(policy);
        });
    }

    private static bool HasPermission(ClaimsPrincipal user, string permission)
        => user.HasClaim(c => Same(c.Type, Settings.Security.PermissionsClaimType) && c.Value == permission);

    /// <summary>All of the scopes have to be in one claim.</summary>
    private static bool HasScopes(ClaimsPrincipal user, List<string> scopes, bool isAnyEnough)
        => user.HasClaim(c =>
        {
            if (!Same(c.Type, Settings.Security.ScopeClaimType))
                return false;
            var granted = Settings.Security.ScopeParser(c.Value).ToArray();
            return Match(scopes, isAnyEnough, s => granted.Contains(s, StringComparer.OrdinalIgnoreCase));
        });

    private static bool Match(List<string> wanted, bool isAnyEnough, Predicate<string> has) => isAnyEnough ? wanted.Exists(has) : wanted.TrueForAll(has);

    private static bool Same(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}
