using FastEndpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Sms.PhoneNumbers;

/// <summary><c>DELETE /api/phone-numbers/{id}</c>: its SMS are nobody's from now on; those that came stay.</summary>
internal sealed class UnlinkPhoneNumber(PhoneNumberStore store, NumberOwners owners)
    : EndpointWithoutRequest<Results<NoContent, ProblemHttpResult>>
{
    public override void Configure()
    {
        Delete("/api/phone-numbers/{id:guid}");
        Policies(Scope.Texts);
        Description(endpoint => endpoint.Titled("Phone numbers", "Unlink a phone number")
            .Produces(204).Refuses(401, 403, 404, 429, 503));
    }

    public override async Task<Results<NoContent, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var id = Route<Guid>("id");
        var number = await store.DeleteAsync(id, HttpContext.Caller().UserId, ct);
        if (number is null)
            return Problems.NotFound("phone number", id);

        await owners.AnnounceAsync(number, id);
        return TypedResults.NoContent();
    }
}
