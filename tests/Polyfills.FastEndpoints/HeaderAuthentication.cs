using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Switchboard.Polyfills.FastEndpoints.Tests;

/// <summary>The caller is who the header <c>X-Claims</c> says: <c>type=value;type=value</c>.</summary>
internal sealed class HeaderAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public new const string Scheme = "Header";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Request.Headers["X-Claims"].ToString() is not { Length: > 0 } header)
            return Task.FromResult(AuthenticateResult.NoResult());

        var claims = header.Split(';').Select(c => c.Split('=')).Select(c => new Claim(c[0], c[1]));
        var identity = new ClaimsIdentity(claims, Scheme, "name", "role");
        return Task.FromResult(AuthenticateResult.Success(new(new(identity), Scheme)));
    }
}
