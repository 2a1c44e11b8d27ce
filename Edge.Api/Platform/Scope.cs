using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace Switchboard.Edge.Api.Platform;

/// <summary>What a key may do. Each is also the name of the policy that an endpoint asks for.</summary>
internal static class Scope
{
    public const string Rules = "rules";
    public const string Notifications = "notifications";

    /// <summary>Send notifications of the priority <c>critical</c>, which go before all others.</summary>
    public const string Critical = "critical";

    /// <summary>Submit mail, and connect mailboxes.</summary>
    public const string Mail = "mail";

    /// <summary>Phone numbers, and what becomes of the SMS that come from them.</summary>
    public const string Sms = "texts";
    public const string Analytics = "analytics";

    /// <summary>Social accounts, and what is published to them.</summary>
    public const string Social = "social";

    /// <summary>See and move the jobs of all users: for operators.</summary>
    public const string Jobs = "jobs";

    /// <summary>Make, list and revoke keys of the caller's own user, never beyond what the calling key may do itself.</summary>
    public const string Keys = "keys";

    /// <summary>Users and the keys of others; implies all other scopes.</summary>
    public const string Admin = "admin";

    /// <summary>All there are.</summary>
    public static IReadOnlyList<string> All { get; } = [Rules, Notifications, Critical, Mail, Sms, Analytics, Social, Jobs, Keys, Admin];

    /// <summary>What a key gets that asks for nothing in particular: what concerns its user alone, and makes no further keys.</summary>
    public static IReadOnlyList<string> Personal { get; } = [Rules, Notifications, Mail, Sms, Analytics, Social];
}

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

/// <summary>Says which scope is missing.</summary>
internal sealed class AuthorizationProblems : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler _standard = new();

    public Task HandleAsync(
        RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        var missing = authorizeResult.AuthorizationFailure?.FailedRequirements.OfType<ScopeRequirement>().FirstOrDefault();
        return authorizeResult.Forbidden && missing is not null
            ? Problems.MissingScope($"The key lacks the scope '{missing.Scope}'.").ExecuteAsync(context)
            : _standard.HandleAsync(next, context, policy, authorizeResult);
    }
}
