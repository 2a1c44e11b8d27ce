namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>Writes what stored answers answer now. Looked up by id: see <see cref="AccountTransaction"/>.</summary>
internal static class MoveAnswers
{
    private const string Sql =
        """
        UPDATE received_emails
        SET tracked_email_id = match.tracked_email_id, matched_by = match.matched_by
        FROM unnest($2::uuid[], $3::uuid[], $4::text[]) AS match (id, tracked_email_id, matched_by)
        WHERE received_emails.id = match.id AND received_emails.account_id IS NOT DISTINCT FROM $1
        """;

    /// <summary>Writes the matches; null takes one away.</summary>
    public static async Task ExecuteAsync(
        AccountTransaction account, IReadOnlyList<(Guid Id, Match? Match)> moved, CancellationToken cancellation)
    {
        if (moved.Count == 0)
            return;
        await using var command = account.Command(Sql);
        AccountTransaction.Add(command, moved.Select(answer => answer.Id).ToArray());
        AccountTransaction.Add(command, moved.Select(answer => answer.Match?.TrackedId).ToArray());
        AccountTransaction.Add(command, moved.Select(answer => answer.Match?.By).ToArray());
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
