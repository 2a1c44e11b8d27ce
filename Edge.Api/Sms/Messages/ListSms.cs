using FluentValidation;
using Switchboard.Core.Diagnostics;

namespace Switchboard.Edge.Api.Sms.Messages;

/// <summary>Which SMS to list.</summary>
internal sealed class ListSmsRequest : PageRequest
{
    /// <summary>Only those that were accepted, or refused.</summary>
    [QueryParam]
    public string? Outcome { get; set; }
}

internal sealed class ListSmsValidator : PageValidator<ListSmsRequest>
{
    public ListSmsValidator()
        : base(ListSms.Name) =>
        RuleFor(request => request.Outcome)
            .Must(outcome => outcome is null or "accepted" or "refused")
            .WithMessage("It must be accepted or refused.");
}

/// <summary>An SMS of one of the user's numbers.</summary>
/// <param name="Id">Its id.</param>
/// <param name="MessageSid">The provider's id of it.</param>
/// <param name="From">Its sender, as the provider said.</param>
/// <param name="To">The number that it was sent to.</param>
/// <param name="Body">What it says; of one that was refused nothing is kept.</param>
/// <param name="MediaCount">How many files it has.</param>
/// <param name="Outcome">accepted, or refused: over the hourly limit.</param>
/// <param name="ReceivedAt">When it came.</param>
/// <param name="Matched">How many rules matched; null until they were evaluated.</param>
internal sealed record SmsResponse(
    Guid Id,
    string MessageSid,
    string From,
    string To,
    string Body,
    int MediaCount,
    string Outcome,
    DateTimeOffset ReceivedAt,
    int? Matched);

/// <summary>
/// <c>GET /api/sms/messages</c>: the SMS of the user's numbers, newest first; those that were refused too. What came before its
/// number was verified is nobody's.
/// </summary>
internal sealed class ListSms(ReadDatabase database, QueryMonitor queries) : ListEndpoint<ListSmsRequest, SmsResponse>(Name)
{
    public const string Name = "texts";

    private const string Sql =
        """
        SELECT id, message_sid, sender, recipient, body, media_count, outcome, received_at, matched
        FROM sms_messages
        WHERE user_id = $1 AND ($2::text IS NULL OR outcome = $2) AND ($3::uuid IS NULL OR id < $3)
        ORDER BY id DESC
        LIMIT $4
        """;

    public override void Configure() => List("/api/sms/messages", Scope.Sms, "SMS", "List SMS, newest first");

    protected override Task<List<SmsResponse>> ReadAsync(
        ListSmsRequest request, Cursor? after, int take, CancellationToken cancellationToken) =>
        database.ReadAsync(
            HttpContext.Caller().UserId,
            source => queries.RunAsync(
                "sms-messages",
                source.Command(Sql, HttpContext.Caller().UserId, request.Outcome, after?.Id, take),
                (command, ct) => command.ListAsync(Read, ct),
                cancellationToken),
            cancellationToken);

    protected override Cursor CursorOf(SmsResponse item) => new(item.ReceivedAt, item.Id);

    private static SmsResponse Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetInt16(5), row.GetString(6),
        row.GetFieldValue<DateTimeOffset>(7), row.Nullable<short>(8));
}
