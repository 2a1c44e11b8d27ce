using FastEndpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Sms.PhoneNumbers;

internal sealed class ListPhoneNumbersRequest : PageRequest;

internal sealed class ListPhoneNumbersValidator() : PageValidator<ListPhoneNumbersRequest>(ListPhoneNumbers.Name);

/// <summary><c>GET /api/phone-numbers</c>: the user's numbers, newest first.</summary>
internal sealed class ListPhoneNumbers(NpgsqlDataSource database, TimeProvider clock)
    : Endpoint<ListPhoneNumbersRequest, Ok<Page<PhoneNumberResponse>>>
{
    public const string Name = "phone-numbers";

    private const string Sql =
        $"""
        SELECT {PhoneNumberResponse.Columns}
        FROM user_phone_numbers p
        WHERE p.user_id = $1 AND ($2::uuid IS NULL OR p.id < $2)
        ORDER BY p.id DESC
        LIMIT $3
        """;

    public override void Configure()
    {
        Get("/api/phone-numbers");
        Policies(Scope.Texts);
        Description(endpoint => endpoint.Titled("Phone numbers", "List linked phone numbers, newest first")
            .Produces<Page<PhoneNumberResponse>>().Refuses(400, 401, 403, 429, 503));
    }

    public override async Task<Ok<Page<PhoneNumberResponse>>> ExecuteAsync(ListPhoneNumbersRequest request, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var numbers = await database.Command(Sql, HttpContext.Caller().UserId, Cursor.Of(Name, request)?.Id, request.PageSize() + 1)
            .ListAsync(row => PhoneNumberResponse.Read(row, now), ct);
        return TypedResults.Ok(Page<PhoneNumberResponse>.Of(
            numbers, request.PageSize(), last => new Cursor(last.CreatedAt, last.Id).Encode(Name)));
    }
}
