using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Npgsql;
using Switchboard.Core.Postgres;
using Switchboard.Core.Providers;
using Switchboard.Core.Providers.OAuth;
using Switchboard.Core.Redis.Locks;
using Switchboard.Core.Security;

namespace Switchboard.Core.Social.Accounts;

/// <summary>Mastodon: the application is registered at each instance, once for all its accounts; a token does not end.</summary>
internal sealed class MastodonAuthorization(
    OAuthClient client, SocialInstances instances, IOptions<SocialOptions> options, TimeProvider timeProvider)
    : PlatformAuthorization(client, timeProvider)
{
    public const string Scopes = "read:accounts read:statuses write:statuses write:media";

    public override async Task<OAuthProvider?> ProviderAsync(string server, HttpClient http, CancellationToken cancellationToken)
    {
        if (await instances.FindAsync(server, cancellationToken) is not { } application)
            return null;
        var host = new Uri(server).Authority;
        return new()
        {
            Name = SocialPlatforms.Mastodon,
            Label = $"Mastodon at {host}",
            AuthorizationUrl = new($"{server}/oauth/authorize"),
            TokenUrl = new($"{server}/oauth/token"),
            ProfileUrl = new($"{server}/api/v1/accounts/verify_credentials"),
            ReadProfile = profile => Text(profile, "id") is { } id
                ? new($"{Text(profile, "username") ?? id}@{host}") { Id = id, DisplayName = Text(profile, "display_name") }
                : null,
            ClientId = application.ClientId,
            ClientSecret = application.ClientSecret,
            Scopes = Scopes,
            AuthorizationParameters = new Dictionary<string, string>(),
            RefreshTokenPurpose = SecretColumn.SocialGrant.Purpose,
            Timeout = TimeSpan.FromSeconds(options.Value.TimeoutSeconds),
            Http = http,
        };
    }
}

/// <summary>The application as it is registered at an instance.</summary>
/// <param name="ClientId">Its id there.</param>
/// <param name="ClientSecret">Its secret.</param>
/// <param name="RedirectUri">Where the instance sends account holders back to.</param>
public sealed record RegisteredApplication(string ClientId, string ClientSecret, string RedirectUri);

/// <summary>The instances of Mastodon that the application is registered at, in <c>social_instances</c>; no user's.</summary>
public sealed class SocialInstances(
    NpgsqlDataSource dataSource, DistributedLock locks, SecretProtector secrets, IOptions<SocialOptions> options, TimeProvider timeProvider)
{
    private const string Name = "Switchboard";
    private static readonly TimeSpan LongestRegistration = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(100);

    private const string FindSql = "SELECT client_id, client_secret, redirect_uri FROM social_instances WHERE server = $1";

    /// <summary>As it is registered there; null when it is not, or its secret cannot be read any more.</summary>
    public async Task<RegisteredApplication?> FindAsync(string server, CancellationToken cancellationToken)
    {
        var found = await dataSource.Command(FindSql, server).FirstAsync(
            row => new Stored(row.GetString(0), row.GetFieldValue<byte[]>(1), row.GetString(2)), cancellationToken);
        try
        {
            return found is null
                ? null
                : new(found.Id, secrets.Unprotect(found.Secret, SecretColumn.InstanceSecret, server), found.RedirectUri);
        }
        catch (CryptographicException)
        {
            return null; // its key was removed from the configuration: it is registered again
        }
    }

    // a registration for another address of the edge takes the place of the one before
    private const string KeepSql =
        """
        INSERT INTO social_instances (server, client_id, client_secret, redirect_uri, created_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (server) DO UPDATE SET client_id = $2, client_secret = $3, redirect_uri = $4, created_at = $5
        """;

    /// <summary>Registers it at an instance, unless it is; one process at a time does.</summary>
    /// <exception cref="ProviderException">The instance did not take it.</exception>
    public async Task<RegisteredApplication> RegisterAsync(
        string server, string redirectUri, HttpClient http, CancellationToken cancellationToken)
    {
        for (var begun = timeProvider.GetTimestamp(); ;)
        {
            if (await FindAsync(server, cancellationToken) is { } known && known.RedirectUri == redirectUri)
                return known;
            await using var held = await locks.TryAcquireAsync($"social-instance:{server}", LongestRegistration, cancellationToken);
            if (held is not null)
                return await RegisterNowAsync(server, redirectUri, http, cancellationToken);
            if (timeProvider.GetElapsedTime(begun) > LongestRegistration)
                throw new ProviderException(new(
                    FailureKind.Throttled, "Another process is registering at the instance.", RetryAfter: LookAgain));
            await Task.Delay(LookAgain, timeProvider, cancellationToken);
        }
    }

    private async Task<RegisteredApplication> RegisterNowAsync(
        string server, string redirectUri, HttpClient http, CancellationToken cancellationToken)
    {
        var form = new List<KeyValuePair<string, string>>
        {
            new("client_name", Name), new("redirect_uris", redirectUri), new("scopes", MastodonAuthorization.Scopes),
        };
        if (options.Value.PublicBaseUrl is { } website)
            form.Add(new("website", website.AbsoluteUri));
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{server}/api/v1/apps") { Content = new FormUrlEncodedContent(form) };
        var timeout = TimeSpan.FromSeconds(options.Value.TimeoutSeconds);
        var calls = new ProviderCalls(
            $"Mastodon at {new Uri(server).Authority}", http, timeout, timeProvider,
            (status, code, message, retryAfter) => ProviderFailure.OfStatus(
                status, string.Create(CultureInfo.InvariantCulture, $"{server} answered {status}: {code ?? message}"), retryAfter),
            ProviderCalls.SmallAnswer);
        var made = await calls.SendAsync(request, InstanceJson.Default.MadeApplication, cancellationToken);
        await dataSource.Command(
            KeepSql, server, made.ClientId, secrets.Protect(made.ClientSecret, SecretColumn.InstanceSecret, server), redirectUri,
            timeProvider.GetUtcNow()).RunAsync(CancellationToken.None);
        return new(made.ClientId, made.ClientSecret, redirectUri);
    }

    private sealed record Stored(string Id, byte[] Secret, string RedirectUri);
}

internal sealed record MadeApplication(
    [property: JsonPropertyName("client_id")] string ClientId, [property: JsonPropertyName("client_secret")] string ClientSecret);

[JsonSourceGenerationOptions(RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(MadeApplication))]
internal sealed partial class InstanceJson : JsonSerializerContext;
