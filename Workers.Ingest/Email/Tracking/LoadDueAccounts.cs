using System.Text.Json;
using Npgsql;
using Switchboard.Core.Email;

namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>Loads what accounts want now.</summary>
internal static partial class LoadDueAccounts
{
    private const string Sql = "SELECT id, status = 'active', tracking, tracking_since FROM mailboxes WHERE id = ANY ($1)";

    /// <summary>The accounts that there are. One whose policy cannot be read counts as not active: its mails wait until it can.</summary>
    public static async Task<IReadOnlyDictionary<Guid, DueAccount>> ExecuteAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Guid[] ids, ILogger logger, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Sql, connection, transaction);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = ids });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var accounts = new Dictionary<Guid, DueAccount>();
        while (await reader.ReadAsync(cancellation))
        {
            var id = reader.GetGuid(0);
            accounts.Add(id, Read(reader) is { } account && HasZone(account) ? account : Unreadable(id, logger));
        }

        return accounts;
    }

    private static DueAccount? Read(NpgsqlDataReader row)
    {
        if (row.IsDBNull(2))
            return new DueAccount(row.GetBoolean(1), null, null);
        try
        {
            return new DueAccount(row.GetBoolean(1), TrackingJson.Read(row.GetString(2)).FollowUp, row.GetFieldValue<DateTimeOffset>(3));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool HasZone(DueAccount account) =>
        account.FollowUp is not { } followUp || TimeZoneInfo.TryFindSystemTimeZoneById(followUp.TimeZone, out _);

    private static DueAccount Unreadable(Guid id, ILogger logger)
    {
        Log.Unreadable(logger, id);
        return new DueAccount(IsActive: false, null, null);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "The tracking policy of account {AccountId} cannot be read: nobody is reminded of its mails")]
        public static partial void Unreadable(ILogger logger, Guid accountId);
    }
}
