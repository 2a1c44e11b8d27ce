using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Switchboard.Core.Security;
using Switchboard.Edge.Api.Operations.Access;

namespace Switchboard.Edge.Api.Platform;

/// <summary>Lets in requests with <c>Authorization: Bearer sb_…</c> (RFC 6750).</summary>
internal sealed class ApiKeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, ApiKeys keys)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    /// <summary>The scheme, and the authentication type of identities.</summary>
    public const string SchemeName = "ApiKey";

    /// <summary>The claim that carries one scope.</summary>
    public const string ScopeClaim = "scope";

    private const string Bearer = "Bearer ";

    /// <summary>What a request sends as its key; null when it sends none.</summary>
    public static string? KeyOf(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? header[Bearer.Length..].Trim() : null;
    }

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (KeyOf(Request) is not { } key)
            return AuthenticateResult.NoResult();
        if (!ApiKeySecret.IsWellFormed(key) || await keys.FindAsync(key, Context.RequestAborted) is not { } caller)
            return AuthenticateResult.Fail("There is no such key, or it was revoked or has ended.");

        Context.Features.Set(caller);
        var identity = new ClaimsIdentity(
            caller.Scopes.Select(scope => new Claim(ScopeClaim, scope)).Prepend(new(ClaimTypes.NameIdentifier, caller.UserId.ToString())),
            SchemeName);
        return AuthenticateResult.Success(new(new ClaimsPrincipal(identity), SchemeName));
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var failure = (await HandleAuthenticateOnceSafeAsync()).Failure;
        Response.Headers.Append(HeaderNames.WWWAuthenticate, failure is null ? "Bearer" : "Bearer error=\"invalid_token\"");
        await Problems.For(StatusCodes.Status401Unauthorized, failure?.Message ?? "Send a key: Authorization: Bearer sb_….")
            .ExecuteAsync(Context);
    }
}

internal static class AuthExtensions
{
    /// <summary>Bearer keys, and a policy for each scope.</summary>
    public static IServiceCollection AddApiKeys(this IServiceCollection services)
    {
        services.AddOptions<KeyOptions>().BindConfiguration(KeyOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<ApiKeys>().AddSingleton<ApiKeyStore>();
        services.AddSingleton<DemoKey>().AddHostedService(provider => provider.GetRequiredService<DemoKey>());
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, AuthorizationProblems>();
        services
            .AddAuthentication(ApiKeyAuthentication.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.SchemeName, null);
        services.AddAuthorization(options =>
        {
            foreach (var scope in Scope.All)
                options.AddPolicy(scope, policy => policy.RequireAuthenticatedUser().AddRequirements(new ScopeRequirement(scope)));
        });
        return services;
    }
}
