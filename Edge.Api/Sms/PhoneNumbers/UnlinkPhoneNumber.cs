using FastEndpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Sms.PhoneNumbers;

/// <summary><c>DELETE /api/phone-numbers/{id}</c>: its texts are nobody's from now on; those that came stay.</summary>
internal sealed class UnlinkPhoneNumber(NpgsqlDataSource database, NumberChanges changes)
    : EndpointWithoutRequest<Results<NoContent, ProblemHttpResult>>
{
    private const string Sql = "DELETE FROM user_phone_numbers WHERE id = $1 AND user_id = $2 RETURNING phone_number";

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
        var number = await database.Command(Sql, id, HttpContext.Caller().UserId).FirstAsync(row => row.GetString(0), ct);
        if (number is null)
            return Problems.NotFound("phone number", id);

        await changes.AnnounceAsync(number, id);
        return TypedResults.NoContent();
    }
}
