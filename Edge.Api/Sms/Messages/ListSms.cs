using FastEndpoints;
using FluentValidation;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Sms.Messages;

/// <summary>Which texts to list.</summary>
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
/// <c>GET /api/sms/messages</c>: the texts of the user's numbers, newest first; those that were refused too. What came before its
/// number was verified is nobody's.
/// </summary>
internal sealed class ListSms(NpgsqlDataSource database) : Endpoint<ListSmsRequest, Ok<Page<SmsResponse>>>
{
    public const string Name = "texts";

    private const string Sql =
        $"""
        SELECT {SmsResponse.Columns}
        FROM sms_messages
        WHERE user_id = $1 AND ($2::text IS NULL OR outcome = $2) AND ($3::uuid IS NULL OR id < $3)
        ORDER BY id DESC
        LIMIT $4
        """;

    public override void Configure()
    {
        Get("/api/sms/messages");
        Policies(Scope.Texts);
        Description(endpoint => endpoint.Titled("Texts", "List texts, newest first")
            .Produces<Page<SmsResponse>>().Refuses(400, 401, 403, 429, 503));
    }

    public override async Task<Ok<Page<SmsResponse>>> ExecuteAsync(ListSmsRequest request, CancellationToken ct)
    {
        var texts = await database
            .Command(Sql, HttpContext.Caller().UserId, request.Outcome, Cursor.Of(Name, request)?.Id, request.PageSize() + 1)
            .ListAsync(SmsResponse.Read, ct);
        return TypedResults.Ok(Page<SmsResponse>.Of(
            texts, request.PageSize(), last => new Cursor(last.ReceivedAt, last.Id).Encode(Name)));
    }
}
