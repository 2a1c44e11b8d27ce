using System.Security.Cryptography;
using System.Text;
using Npgsql;
using Switchboard.Core.Email;
using Switchboard.Core.Postgres;
using Switchboard.Core.Security;

namespace Switchboard.Core.Notifications.Recipients;

/// <summary>Where a recipient is reached over a channel: a row in <c>recipient_addresses</c>.</summary>
/// <param name="Id">Its row.</param>
/// <param name="RecipientId">Whose it is.</param>
/// <param name="Channel">Over which channel.</param>
/// <param name="Service">Of push <c>fcm</c>, <c>apns</c> or <c>web</c>, of chat <c>slack</c>, <c>discord</c> or <c>teams</c>; else
/// empty.</param>
/// <param name="Value">The address: of <c>web</c> the subscription as the browser gives it (JSON), of chat the webhook's URL.</param>
/// <param name="DisabledReason">Why nothing is sent there any more; null while it is.</param>
public sealed record RecipientAddress(Guid Id, Guid RecipientId, string Channel, string Service, string Value, string? DisabledReason);

/// <summary>The addresses of recipients. What whoever has it can send by (tokens, subscriptions, webhooks) is encrypted, bound to its
/// row.</summary>
public sealed class RecipientAddressStore(NpgsqlDataSource dataSource, SecretProtector secrets, TimeProvider timeProvider)
{
    private const string Columns = "a.id, a.recipient_id, a.channel, a.service, a.address, a.secret, a.disabled_reason";

    private const string FindSql = $"SELECT {Columns} FROM recipient_addresses a WHERE a.id = $1 AND a.user_id = $2";

    /// <summary>An address of a user's recipient; null when it is not there any more.</summary>
    public Task<RecipientAddress?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken) =>
        dataSource.Command(FindSql, id, userId).FirstAsync(Read, cancellationToken);

    private const string OfRecipientsSql =
        $"SELECT {Columns} FROM recipient_addresses a WHERE a.recipient_id = ANY ($1) AND a.user_id = $2 ORDER BY a.id";

    /// <summary>All addresses of these recipients of a user, the oldest first; the disabled ones too.</summary>
    public Task<List<RecipientAddress>> OfRecipientsAsync(Guid userId, Guid[] recipientIds, CancellationToken cancellationToken) =>
        dataSource.Command(OfRecipientsSql, recipientIds, userId).ListAsync(Read, cancellationToken);

    private const string DisableSql =
        """
        UPDATE recipient_addresses SET disabled_at = $3, disabled_reason = $4
        WHERE id = $1 AND user_id = $2 AND disabled_at IS NULL
        """;

    /// <summary>Turns an address off, since nothing that is sent there arrives.</summary>
    public async Task<bool> DisableAsync(Guid userId, Guid id, string reason, CancellationToken cancellationToken) =>
        await dataSource.Command(DisableSql, id, userId, timeProvider.GetUtcNow(), StorableText.From(reason)).RunAsync(cancellationToken) > 0;

    private const string DisableValueSql =
        """
        UPDATE recipient_addresses SET disabled_at = $3, disabled_reason = $4
        WHERE user_id = $1 AND fingerprint = $2 AND disabled_at IS NULL
        """;

    /// <summary>Turns an address off for all recipients of a user that have it.</summary>
    /// <returns>How many were on.</returns>
    public Task<int> DisableAsync(Guid userId, string channel, string value, string reason, CancellationToken cancellationToken) =>
        dataSource.Command(DisableValueSql, userId, Fingerprint(channel, "", value), timeProvider.GetUtcNow(), StorableText.From(reason))
            .RunAsync(cancellationToken);

    /// <summary>What an address is compared by; of mail, whatever its case.</summary>
    public static byte[] Fingerprint(string channel, string service, string value) => SHA256.HashData(Encoding.UTF8.GetBytes(
        $"{channel}\n{service}\n{(channel == Channels.Email ? MailAddress.Canonical(value) : value)}"));

    /// <summary>Reads a recipient's addresses from six arrays: ids, channels, services, addresses, secrets and reasons.</summary>
    internal RecipientAddress[] ReadAll(NpgsqlDataReader row, Guid recipientId, int first)
    {
        if (row.IsDBNull(first))
            return [];
        var ids = row.GetFieldValue<Guid[]>(first);
        var channels = row.GetFieldValue<string[]>(first + 1);
        var services = row.GetFieldValue<string[]>(first + 2);
        var plain = row.GetFieldValue<string?[]>(first + 3);
        var encrypted = row.GetFieldValue<byte[]?[]>(first + 4);
        var reasons = row.GetFieldValue<string?[]>(first + 5);
        return [.. ids.Select((id, index) => new RecipientAddress(
            id, recipientId, channels[index], services[index],
            plain[index] ?? secrets.Unprotect(encrypted[index]!, SecretColumn.RecipientAddress, id), reasons[index]))];
    }

    private RecipientAddress Read(NpgsqlDataReader row)
    {
        var id = row.GetGuid(0);
        var value = row.Text(4) ?? secrets.Unprotect(row.GetFieldValue<byte[]>(5), SecretColumn.RecipientAddress, id);
        return new(id, row.GetGuid(1), row.GetString(2), row.GetString(3), value, row.Text(6));
    }
}
