using FluentValidation;
using Switchboard.Core.Jobs;

namespace Switchboard.Edge.Api.Operations.Jobs;

/// <summary>Which dead jobs to run again; what is left out matches all.</summary>
internal sealed class ReplayDeadJobsRequest
{
    public string? Type { get; init; }

    public DateTimeOffset? Since { get; init; }

    public DateTimeOffset? Until { get; init; }

    public string? ErrorContains { get; init; }

    /// <summary>How many at most: 1–10,000, 1,000 if left out.</summary>
    public int? Limit { get; init; }
}

internal sealed class ReplayDeadJobsValidator : Validator<ReplayDeadJobsRequest>
{
    public ReplayDeadJobsValidator()
    {
        RuleFor(request => request.Type).Text(100);
        RuleFor(request => request.ErrorContains).Text(500);
        RuleFor(request => request.Limit).InclusiveBetween(1, 10_000);
    }
}

/// <summary><c>POST /api/jobs/dead/replay</c>: runs dead jobs again, those that are dead longest first.</summary>
internal sealed class ReplayDeadJobs(DeadJobs jobs) : Endpoint<ReplayDeadJobsRequest, Accepted<ReplayResult>>
{
    private const int StandardLimit = 1_000;

    public override void Configure()
    {
        Post("/api/jobs/dead/replay");
        Policies(Scope.Jobs);
        Description(endpoint => endpoint.Titled("Jobs", "Run dead jobs again, by filter")
            .Produces<ReplayResult>(202).Refuses(400, 401, 403, 413, 415, 429, 503));
    }

    public override async Task<Accepted<ReplayResult>> ExecuteAsync(ReplayDeadJobsRequest request, CancellationToken ct)
    {
        var filter = new DeadJobFilter(
            request.Type, request.Since, request.Until, request.ErrorContains, AsShown: !HttpContext.Caller().IsAdmin);
        return TypedResults.Accepted((string?)null, await jobs.ReplayManyAsync(filter, request.Limit ?? StandardLimit, ct));
    }
}

/// <summary><c>POST /api/jobs/{id}/replay</c>: runs a dead job again, with attempts as at first.</summary>
internal sealed class ReplayJob(DeadJobs jobs) : EndpointWithoutRequest<Results<Accepted<ReplayResult>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Post("/api/jobs/{id:guid}/replay");
        Policies(Scope.Jobs);
        Description(endpoint => endpoint.Titled("Jobs", "Run a dead job again")
            .Produces<ReplayResult>(202).Refuses(401, 403, 404, 409, 429, 503));
    }

    public override async Task<Results<Accepted<ReplayResult>, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var id = Route<Guid>("id");
        return await jobs.ReplayAsync(id, ct) switch
        {
            null => Problems.NotFound("dead job", id),
            { NotReplayable: > 0 } => Problems.Conflict("Its body is not JSON, so no handler could ever take it. Delete it."),
            { } result => TypedResults.Accepted((string?)null, result),
        };
    }
}
