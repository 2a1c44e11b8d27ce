using System.Text.Json;
using System.Text.Json.Serialization;
using Switchboard.Core.Jobs;
using Switchboard.Core.Providers.OAuth;
using Switchboard.Core.Social;
using Switchboard.Core.Social.Accounts;
using Switchboard.Edge.Api.Platform.Connections;

namespace Switchboard.Edge.Api.Social.Accounts;

/// <summary>What was said of an account when its connection was begun.</summary>
/// <param name="Server">Of Mastodon and Bluesky, where it is; else empty.</param>
/// <param name="ProxyId">What its requests go through, also while it is connected.</param>
/// <param name="WarmupProtocolId">The protocol that it follows if it is new.</param>
/// <param name="DailyCap">How many posts a day it may publish.</param>
/// <param name="Tags">Its tags; null: as they were.</param>
/// <param name="Page">Of Facebook, which page; null for the only one. Of LinkedIn, which organization; null for the member.</param>
internal sealed record ConnectionDetails(
    string Server, Guid? ProxyId, Guid? WarmupProtocolId, int? DailyCap, IReadOnlyList<string>? Tags, string? Page)
{
    // of LinkedIn, in the place of an id
    private const string OnlyPage = "any";

    /// <summary>The one that is meant; null when it is not there, or it is not said which of several.</summary>
    public AuthorizedAccount? Choose(IReadOnlyList<AuthorizedAccount> accounts) => Page is null or OnlyPage
        ? accounts is [var only] ? only : null
        : accounts.FirstOrDefault(account => IdOf(account) == Page);

    /// <summary>Why none was chosen.</summary>
    public string NotChosen(IReadOnlyList<AuthorizedAccount> accounts)
    {
        var pages = string.Join(", ", accounts.Take(MostNamed).Select(account => $"{account.Handle} ({IdOf(account)})"));
        return Page is null or OnlyPage
            ? $"{accounts.Count} pages were authorized: {pages}. Start again at POST /api/accounts/social and name the page."
            : $"The page {Page} was not authorized, but {pages}. Open the authorizationUrl again and choose it.";
    }

    private const int MostNamed = 20;

    // urn:li:organization:1
    private static string IdOf(AuthorizedAccount account) => account.ExternalId.Split(':')[^1];

    public string Write() => JsonSerializer.Serialize(this, SocialConnectionJson.Default.ConnectionDetails);

    public static ConnectionDetails Of(PendingConnection pending) =>
        JsonSerializer.Deserialize(pending.Details!, SocialConnectionJson.Default.ConnectionDetails)!;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ConnectionDetails))]
internal sealed partial class SocialConnectionJson : JsonSerializerContext;

/// <summary>Social accounts as they are connected by OAuth, through the proxies that they are to have.</summary>
internal sealed class SocialConnectionFlow(SocialAuthorizations authorizations, SocialProxyStore proxies) : ConnectionFlow
{
    public override ConnectionSubject Subject => ConnectionSubject.SocialAccount;

    public override async ValueTask<OAuthProvider?> FindProviderAsync(PendingConnection pending, CancellationToken cancellationToken)
    {
        if (!SocialPlatforms.All.ContainsKey(pending.Provider) || pending.Details is null)
            return null;
        var details = ConnectionDetails.Of(pending);
        var proxy = details.ProxyId is { } id ? await proxies.FindAddressAsync(pending.UserId, id, cancellationToken) : null;
        return proxy is null && details.ProxyId is not null
            ? null // it was deleted: nothing goes out without it
            : await authorizations.FindProviderAsync(
                pending.Provider, details.Server, proxy, ofPage: details.Page is not null, cancellationToken);
    }
}

/// <summary><c>GET /api/accounts/social/connect?state</c>.</summary>
internal sealed class ShowSocialConnection(OAuthConnections connections, SocialConnectionFlow flow, BrowserCookie cookie)
    : ShowConnectionEndpoint(connections, flow, cookie)
{
    public override void Configure() => Show(ConnectionSubject.SocialAccount);
}

/// <summary><c>POST /api/accounts/social/connect?state</c>.</summary>
internal sealed class ConfirmSocialConnection(OAuthConnections connections, SocialConnectionFlow flow, BrowserCookie cookie)
    : ConfirmConnectionEndpoint(connections, flow, cookie)
{
    public override void Configure() => Confirm(ConnectionSubject.SocialAccount);
}

/// <summary>
/// <c>GET /api/accounts/social/callback?code&amp;state</c>: its platform is asked whose account it is, and the account is connected; of
/// several pages the one that was meant.
/// </summary>
internal sealed class FinishSocialConnection(
    OAuthConnections connections, SocialConnectionFlow flow, BrowserCookie cookie, SocialAuthorizations authorizations,
    SocialAccountConnector connector, NpgsqlDataSource dataSource)
    : FinishConnectionEndpoint<SocialAccountResponse>(connections, flow, cookie)
{
    public override void Configure() => Finish(ConnectionSubject.SocialAccount);

    protected override async Task<(SocialAccountResponse? Account, ConnectionRefusal? Refusal)> ConnectAsync(
        PendingConnection pending, OAuthProvider provider, OAuthGrant grant, CancellationToken cancellationToken)
    {
        var details = ConnectionDetails.Of(pending);
        var accounts = await authorizations.AccountsAsync(provider, grant, cancellationToken);
        if (accounts.Count == 0)
            return (null, ConnectionRefusal.NoAccount(ConnectionSubject.SocialAccount));
        if (details.Choose(accounts) is not { } meant)
            return (null, new(StatusCodes.Status409Conflict, details.NotChosen(accounts)));

        // the connection is back in the pool before Redis and the broker are called
        var jobs = new List<OutgoingJob>();
        SocialAccountResponse? connected;
        await using (var connection = await dataSource.OpenConnectionAsync(cancellationToken))
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            if (!await OAuthConnections.UseAsync(transaction, pending.Id, pending.UserId, cancellationToken))
                return (null, ConnectionRefusal.Unknown(ConnectionSubject.SocialAccount));
            connected = await connector.WriteAsync(transaction, pending.UserId, provider.Name, details, meant, jobs, cancellationToken);
            if (connected is null)
                return (null, ConnectionRefusal.NotAvailable(ConnectionSubject.SocialAccount));
            await connector.CommitAsync(transaction, jobs, cancellationToken);
        }

        await connector.ForgetAsync(pending.UserId, connected.Id);
        return (connected, null);
    }

    protected override string NameOf(SocialAccountResponse account) => account.Handle;
}

/// <summary>
/// Connects an account that its platform has told of, within the caller's transaction: only there is it claimed. One of the user's own is
/// connected once more, and goes on as it was.
/// </summary>
internal sealed class SocialAccountConnector(
    ConnectedAccountStore store, AccountWriter writer, JobOutbox outbox, SocialAccountCache cache, TimeProvider timeProvider)
{
    /// <summary>Writes it, with the jobs that follow; null when it is not to be had.</summary>
    public async Task<SocialAccountResponse?> WriteAsync(
        NpgsqlTransaction transaction, Guid userId, string platform, ConnectionDetails details, AuthorizedAccount account,
        List<OutgoingJob> jobs, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        if (await writer.WriteAsync(transaction, userId, platform, details, account, now, cancellationToken) is not { } id)
            return null;
        jobs.Add(new(new CheckAccountHealth(Guid.CreateVersion7(now), userId, id)));
        jobs.Add(new(new ScoreAccounts(Guid.CreateVersion7(now), userId, [id])));
        return await store.FindAsync(transaction, userId, id, cancellationToken);
    }

    /// <summary>Commits it, and has the jobs follow.</summary>
    public Task CommitAsync(NpgsqlTransaction transaction, IReadOnlyCollection<OutgoingJob> jobs, CancellationToken cancellationToken) =>
        outbox.CommitAsync(transaction, jobs, cancellationToken);

    /// <summary>To be called after the commit, when no connection is held; also when the caller has gone.</summary>
    public Task ForgetAsync(Guid userId, Guid accountId) => cache.ForgetAsync(userId, accountId, CancellationToken.None);
}
