using FastEndpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Email.Tracking;

/// <summary><c>GET /api/emails/track/{id}</c>: what came of a mail that was asked to be tracked.</summary>
internal sealed class GetTrackRequest(NpgsqlDataSource database) : EndpointWithoutRequest<Results<Ok<TrackResponse>, ProblemHttpResult>>
{
    private const string Sql = $"SELECT {TrackResponse.Columns} FROM tracking_requests WHERE id = $1 AND user_id = $2";

    public override void Configure()
    {
        Get("/api/emails/track/{id:guid}");
        Policies(Scope.Mail);
        Description(endpoint => endpoint.Titled("Mail tracking", "See what came of a mail that was asked to be tracked")
            .Produces<TrackResponse>().Refuses(401, 403, 404, 429, 503));
    }

    public override async Task<Results<Ok<TrackResponse>, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var id = Route<Guid>("id");
        return await database.Command(Sql, id, HttpContext.Caller().UserId).FirstAsync(TrackResponse.Read, ct) is { } request
            ? TypedResults.Ok(request)
            : Problems.NotFound("request", id);
    }
}
