using FastEndpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Sms.PhoneNumbers;

internal sealed class ListPhoneNumbersRequest : PageRequest;

internal sealed class ListPhoneNumbersValidator() : PageValidator<ListPhoneNumbersRequest>(ListPhoneNumbers.Name);

/// <summary><c>GET /api/phone-numbers</c>: the user's numbers, newest first.</summary>
internal sealed class ListPhoneNumbers(PhoneNumberStore store)
    : Endpoint<ListPhoneNumbersRequest, Ok<Page<PhoneNumberResponse>>>
{
    public const string Name = "phone-numbers";

    public override void Configure()
    {
        Get("/api/phone-numbers");
        Policies(Scope.Texts);
        Description(endpoint => endpoint.Titled("Phone numbers", "List linked phone numbers, newest first")
            .Produces<Page<PhoneNumberResponse>>().Refuses(400, 401, 403, 429, 503));
    }

    public override async Task<Ok<Page<PhoneNumberResponse>>> ExecuteAsync(ListPhoneNumbersRequest request, CancellationToken ct)
    {
        var numbers = await store.ListAsync(HttpContext.Caller().UserId, Cursor.Of(Name, request)?.Id, request.PageSize() + 1, ct);
        return TypedResults.Ok(Page<PhoneNumberResponse>.Of(
            numbers, request.PageSize(), last => new Cursor(last.CreatedAt, last.Id).Encode(Name)));
    }
}
