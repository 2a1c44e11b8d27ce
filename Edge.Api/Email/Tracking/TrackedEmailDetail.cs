using System.Text.Json.Serialization;
using Npgsql;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Email.Tracking;

/// <summary>A tracked mail with its thread.</summary>
internal sealed record TrackedEmailDetail : TrackedEmailResponse
{
    private TrackedEmailDetail(TrackedEmailResponse mail, IReadOnlyList<ThreadEntry> thread)
        : base(mail) => Thread = thread;

    /// <summary>The mails of its conversation and its answers, in the order of time, at most 200.</summary>
    [JsonPropertyOrder(1)]
    public IReadOnlyList<ThreadEntry> Thread { get; }

    private const string Sql =
        $"""
        SELECT {Columns}, t.conversation_key
        FROM tracked_emails AS t
        JOIN mailboxes AS m ON m.id = t.account_id
        WHERE t.id = $1 AND m.user_id = $2
        """;

    /// <summary>Finds a mail of an account of the user.</summary>
    public static async Task<TrackedEmailDetail?> FindAsync(NpgsqlDataSource database, Guid id, Guid userId, CancellationToken cancellation)
    {
        var found = await database.Command(Sql, id, userId)
            .FirstAsync(row => new FoundMail(Read(row), row.Nullable<Guid>(ColumnCount)), cancellation);
        return found is null
            ? null
            : new(found.Mail, await ThreadEntry.ListAsync(database, found.Mail.AccountId, id, found.ConversationKey, cancellation));
    }

    private sealed record FoundMail(TrackedEmailResponse Mail, Guid? ConversationKey);
}
