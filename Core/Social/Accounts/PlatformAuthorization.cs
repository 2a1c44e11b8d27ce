using System.Text.Json;
using Switchboard.Core.Providers;
using Switchboard.Core.Providers.OAuth;
using Switchboard.Core.Security;

namespace Switchboard.Core.Social.Accounts;

/// <summary>An account that its holder has authorized.</summary>
/// <param name="ExternalId">What the platform knows it by.</param>
/// <param name="Handle">What people know it by.</param>
/// <param name="DisplayName">Its name for people; null where it has none.</param>
/// <param name="Grant">What opens it.</param>
public sealed record AuthorizedAccount(string ExternalId, string Handle, string? DisplayName, SocialGrant Grant);

/// <summary>How accounts of a platform are authorized, and their tokens renewed and revoked: as RFC 6749 says, unless overridden.</summary>
internal abstract class PlatformAuthorization(OAuthClient client, TimeProvider timeProvider)
{
    protected OAuthClient Client => client;

    protected DateTimeOffset Now => timeProvider.GetUtcNow();

    /// <summary>What is asked for where a page is to be authorized, not who authorizes it; null where that is no difference.</summary>
    public virtual string? PageScopes => null;

    /// <summary>Its authority; null when nothing can be connected there yet.</summary>
    public abstract Task<OAuthProvider?> ProviderAsync(string server, HttpClient http, CancellationToken cancellationToken);

    /// <summary>The accounts that a grant opens.</summary>
    public virtual async Task<IReadOnlyList<AuthorizedAccount>> AccountsAsync(
        OAuthProvider provider, OAuthGrant grant, CancellationToken cancellationToken)
    {
        var profile = await client.ProfileAsync(provider, grant.AccessToken, cancellationToken);
        return profile is null
            ? []
            : [AccountOf(profile, SocialGrant.Of(grant, null, Now, renews: !string.IsNullOrEmpty(grant.RefreshToken)))];
    }

    /// <summary>Has another token.</summary>
    /// <param name="provider">Its authority; null where there is none.</param>
    /// <param name="account">The account.</param>
    /// <param name="http">Its client.</param>
    /// <param name="grant">What it has.</param>
    /// <param name="refusal">What the platform said of its token; null when that is only old.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public virtual async Task<SocialGrant> RenewAsync(
        OAuthProvider? provider, SocialAccount account, HttpClient http, SocialGrant grant, ProviderFailure? refusal,
        CancellationToken cancellationToken)
    {
        if (provider is null || grant.RefreshToken is not { } token)
            throw Ended(refusal);
        return SocialGrant.Of(await client.RefreshAsync(provider, token, cancellationToken), token, Now, renews: true);
    }

    /// <summary>Ends the grant at the platform, where it has a way to.</summary>
    public virtual Task RevokeAsync(
        OAuthProvider? provider, SocialAccount account, HttpClient http, SocialGrant grant, CancellationToken cancellationToken) =>
        provider is null ? Task.CompletedTask : client.RevokeAsync(provider, grant.RefreshToken ?? grant.AccessToken, cancellationToken);

    /// <summary>There is no other token to be had.</summary>
    protected static ProviderException Ended(ProviderFailure? refusal) => new(
        refusal is null
            ? new ProviderFailure(FailureKind.GrantRevoked, "The authorization has ended: the account has to be connected again.")
            : refusal with { Kind = FailureKind.GrantRevoked });

    protected static AuthorizedAccount AccountOf(AccountProfile profile, SocialGrant grant) =>
        new(profile.Id, profile.Name, profile.DisplayName, grant);

    /// <summary>A platform in one place, by what is configured of it.</summary>
    protected static OAuthProvider ProviderOf(
        string platform, PlatformOptions options, HttpClient http, TimeSpan timeout, string scopes, string profilePath,
        Func<JsonElement, AccountProfile?> readProfile) => new()
        {
            Name = platform,
            Label = SocialPlatforms.All[platform].Label,
            AuthorizationUrl = options.AuthorizationUrl!,
            TokenUrl = options.TokenUrl!,
            ProfileUrl = options.Api(profilePath),
            ReadProfile = readProfile,
            ClientId = options.ClientId,
            ClientSecret = options.ClientSecret == PlatformOptions.None ? "" : options.ClientSecret,
            Scopes = scopes,
            AuthorizationParameters = new Dictionary<string, string>(),
            RefreshTokenPurpose = SecretColumn.SocialGrant.Purpose,
            Timeout = timeout,
            Http = http,
        };

    /// <summary>A text of a profile, cut to what is kept of it; null when it is not there, or has half a character.</summary>
    protected static string? Text(JsonElement element, string name)
    {
        try
        {
            return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value)
                ? value.ValueKind switch
                {
                    JsonValueKind.String when value.GetString() is { Length: > 0 } text => Postgres.StorableText.Cut(text, 300),
                    JsonValueKind.Number => value.GetRawText(),
                    _ => null,
                }
                : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}

/// <summary>X: confidential applications show their secret in the header, and each refresh token is good once.</summary>
internal sealed class XAuthorization(OAuthClient client, IOptions<SocialOptions> options, TimeProvider timeProvider)
    : PlatformAuthorization(client, timeProvider)
{
    public override Task<OAuthProvider?> ProviderAsync(string server, HttpClient http, CancellationToken cancellationToken) =>
        Task.FromResult<OAuthProvider?>(ProviderOf(
            SocialPlatforms.X, options.Value.X, http, TimeSpan.FromSeconds(options.Value.TimeoutSeconds),
            "tweet.read tweet.write users.read media.write offline.access", "/2/users/me", ReadProfile) with
        {
            UsesBasicAuthentication = true,
            // it has no invalid_grant for a refresh token that was used or revoked
            IsRevoked = (code, message) => code == "invalid_request" && message.Contains("token was invalid", StringComparison.Ordinal),
        });

    private static AccountProfile? ReadProfile(JsonElement profile) =>
        profile.TryGetProperty("data", out var user) && Text(user, "id") is { } id && Text(user, "username") is { } name
            ? new(name) { Id = id, DisplayName = Text(user, "name") }
            : null;
}
