using FluentValidation;

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

/// <summary>
/// <c>GET /api/sms/messages</c>: the SMS of the user's numbers, newest first; those that were refused too. What came before its
/// number was verified is nobody's.
/// </summary>
internal sealed class ListSms(SmsStore store) : ListEndpoint<ListSmsRequest, SmsResponse>(Name)
{
    public const string Name = "texts";

    public override void Configure() => List("/api/sms/messages", Scope.Sms, "SMS", "List SMS, newest first");

    protected override Task<List<SmsResponse>> ReadAsync(
        ListSmsRequest request, Cursor? after, int take, CancellationToken cancellationToken) =>
        store.ListAsync(HttpContext.Caller().UserId, request.Outcome, after?.Id, take, cancellationToken);

    protected override Cursor CursorOf(SmsResponse item) => new(item.ReceivedAt, item.Id);
}
