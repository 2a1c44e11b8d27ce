using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Tokens;
using Switchboard.Core.Providers;

namespace Switchboard.Edge.Api.Webhooks.Gmail;

/// <summary>The sender that may push to <c>/api/webhooks/gmail</c>; section <c>Gmail</c>.</summary>
internal sealed class GmailPushOptions
{
    public const string Section = "Gmail";

    /// <summary>Where the public keys of the signer are (a JWK set).</summary>
    [Required(ErrorMessage = "Set Gmail:PushKeysUrl.")]
    public Uri PushKeysUrl { get; init; } = new("https://www.googleapis.com/oauth2/v3/certs");

    /// <summary>The audience that the push subscription names.</summary>
    [Required(ErrorMessage = "Set Gmail:PushAudience to the audience of the push subscription.")]
    public string PushAudience { get; init; } = "";

    /// <summary>The service account that the push subscription uses.</summary>
    [Required(ErrorMessage = "Set Gmail:PushServiceAccount to the service account of the push subscription.")]
    public string PushServiceAccount { get; init; } = "";

    /// <summary>How old the keys may be before they are fetched again, in seconds.</summary>
    [Range(300, 86_400)]
    public int PushKeysMaxAgeSeconds { get; init; } = 3_600;

    /// <summary>How long it is at least between two fetches for unknown key ids, in seconds.</summary>
    [Range(1, 3_600)]
    public int PushKeysMinAgeSeconds { get; init; } = 10;
}

/// <summary>
/// The public keys that sign pushes. <see cref="ConfigurationManager{T}"/> keeps them, fetches them again when they are old or when it is
/// asked to, no more often than it may, and goes on with the known ones while they cannot be fetched.
/// </summary>
internal sealed class GmailPushKeys : BaseConfiguration, IConfigurationRetriever<GmailPushKeys>
{
    private static readonly TimeSpan FetchTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Adds what verifies pushes.</summary>
    public static IServiceCollection AddTo(IServiceCollection services)
    {
        services.AddOptions<GmailPushOptions>().BindConfiguration(GmailPushOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        // the operator names where they are, the simulator among them
        services.AddProviderHttpClient(
            "gmail-push-keys",
            provider => new(Options(provider).PushKeysUrl.AbsoluteUri, FetchTimeout, AllowPrivateAddresses: true));
        return services
            .AddSingleton(provider => Manager(
                Options(provider), provider.GetRequiredService<IHttpClientFactory>().CreateClient("gmail-push-keys")))
            .AddSingleton<GmailPushToken>();
    }

    /// <summary>What keeps the keys.</summary>
    public static ConfigurationManager<GmailPushKeys> Manager(GmailPushOptions options, HttpClient http) => new(
        options.PushKeysUrl.AbsoluteUri,
        new GmailPushKeys(),
        new HttpDocumentRetriever(http) { RequireHttps = options.PushKeysUrl.Scheme == Uri.UriSchemeHttps })
    {
        AutomaticRefreshInterval = TimeSpan.FromSeconds(options.PushKeysMaxAgeSeconds),
        RefreshInterval = TimeSpan.FromSeconds(options.PushKeysMinAgeSeconds),
    };

    /// <inheritdoc/>
    public async Task<GmailPushKeys> GetConfigurationAsync(
        string address, IDocumentRetriever retriever, CancellationToken cancellationToken)
    {
        var keys = new GmailPushKeys();
        foreach (var key in JsonWebKeySet.Create(await retriever.GetDocumentAsync(address, cancellationToken)).GetSigningKeys())
            keys.SigningKeys.Add(key);
        return keys.SigningKeys.Count > 0 ? keys : throw new InvalidOperationException($"There are no keys at {address}.");
    }

    private static GmailPushOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<GmailPushOptions>>().Value;
}

/// <summary>
/// Verifies the JWT that Pub/Sub sends with a push: signed with RS256 by one of Google's keys, from Google, for us, by the service
/// account of the subscription, and not over.
/// </summary>
internal sealed class GmailPushToken(
    ConfigurationManager<GmailPushKeys> keys, IOptions<GmailPushOptions> options, TimeProvider timeProvider)
{
    private const string Bearer = "Bearer ";

    private static readonly string[] Issuers = ["https://accounts.google.com", "accounts.google.com"];

    // what differs between Google's clock and ours
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(1);

    private readonly JsonWebTokenHandler _handler = new();

    /// <summary>Whether an <c>Authorization</c> header carries such a token.</summary>
    /// <exception cref="HttpRequestException">The keys could not be fetched.</exception>
    public async Task<bool> IsValidAsync(string? authorization, CancellationToken cancellationToken)
    {
        if (authorization?.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) is not true
            || Read(authorization[Bearer.Length..].Trim()) is not { Kid.Length: > 0 } token)
            return false;

        var known = (await FetchKeysAsync(cancellationToken)).SigningKeys;
        if (known.All(key => key.KeyId != token.Kid))
        {
            // in the background, and no more often than it is told; Pub/Sub sends the push again
            keys.RequestRefresh();
            return false;
        }

        var result = await _handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            IssuerSigningKeys = known,
            TryAllIssuerSigningKeys = false,
            ValidAlgorithms = [SecurityAlgorithms.RsaSha256],
            ValidIssuers = Issuers,
            ValidAudience = options.Value.PushAudience,
            RequireExpirationTime = true,
            LifetimeValidator = IsAlive,
        });
        return result.IsValid
            && token.TryGetClaim("email", out var email) && email.Value == options.Value.PushServiceAccount
            && token.TryGetClaim("email_verified", out var verified)
            && string.Equals(verified.Value, "true", StringComparison.OrdinalIgnoreCase);
    }

    // where there are none yet, a token is not said to be invalid
    private async Task<GmailPushKeys> FetchKeysAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await keys.GetConfigurationAsync(cancellationToken);
        }
        catch (InvalidOperationException reason)
        {
            throw new HttpRequestException("The keys that sign pushes of Gmail could not be fetched.", reason);
        }
    }

    private JsonWebToken? Read(string text)
    {
        try
        {
            return _handler.CanReadToken(text) ? _handler.ReadJsonWebToken(text) : null;
        }
        catch (ArgumentException)
        {
            // three parts, but not a token
            return null;
        }
    }

    private bool IsAlive(DateTime? notBefore, DateTime? expires, SecurityToken token, TokenValidationParameters parameters)
    {
        var now = timeProvider.GetUtcNow().UtcDateTime;
        return expires is not null && now < expires.Value + ClockSkew && (notBefore is null || now > notBefore.Value - ClockSkew);
    }
}
