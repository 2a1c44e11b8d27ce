using FastEndpoints;
using FluentValidation;
using Microsoft.AspNetCore.Http.HttpResults;
using Switchboard.Edge.Api.Platform;

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
internal sealed class ListSms(SmsStore store) : Endpoint<ListSmsRequest, Ok<Page<SmsResponse>>>
{
    public const string Name = "texts";

    public override void Configure()
    {
        Get("/api/sms/messages");
        Policies(Scope.Texts);
        Description(endpoint => endpoint.Titled("Texts", "List SMS, newest first")
            .Produces<Page<SmsResponse>>().Refuses(400, 401, 403, 429, 503));
    }

    public override async Task<Ok<Page<SmsResponse>>> ExecuteAsync(ListSmsRequest request, CancellationToken ct)
    {
        var messages = await store.ListAsync(
            HttpContext.Caller().UserId, request.Outcome, Cursor.Of(Name, request)?.Id, request.PageSize() + 1, ct);
        return TypedResults.Ok(Page<SmsResponse>.Of(
            messages, request.PageSize(), last => new Cursor(last.ReceivedAt, last.Id).Encode(Name)));
    }
}
