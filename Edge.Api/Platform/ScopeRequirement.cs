using Microsoft.AspNetCore.Authorization;

namespace Switchboard.Edge.Api.Platform;

/// <summary>The key must have this scope, or <c>admin</c>.</summary>
/// <param name="scope">The scope.</param>
internal sealed class ScopeRequirement(string scope) : AuthorizationHandler<ScopeRequirement>, IAuthorizationRequirement
{
    public string Scope { get; } = scope;

    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, ScopeRequirement requirement)
    {
        if (context.User.HasClaim(ApiKeyAuthentication.ScopeClaim, requirement.Scope)
            || context.User.HasClaim(ApiKeyAuthentication.ScopeClaim, Platform.Scope.Admin))
            context.Succeed(requirement);
        return Task.CompletedTask;
    }
}
