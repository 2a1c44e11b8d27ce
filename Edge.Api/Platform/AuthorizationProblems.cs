using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace Switchboard.Edge.Api.Platform;

/// <summary>Says which scope is missing.</summary>
internal sealed class AuthorizationProblems : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler _standard = new();

    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        var missing = authorizeResult.AuthorizationFailure?.FailedRequirements.OfType<ScopeRequirement>().FirstOrDefault();
        return authorizeResult.Forbidden && missing is not null
            ? Problems.For(
                StatusCodes.Status403Forbidden, $"The key lacks the scope '{missing.Scope}'.", ProblemKinds.MissingScope).ExecuteAsync(context)
            : _standard.HandleAsync(next, context, policy, authorizeResult);
    }
}
