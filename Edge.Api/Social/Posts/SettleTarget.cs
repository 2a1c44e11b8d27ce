using FluentValidation;
using Switchboard.Core.Jobs;
using Switchboard.Core.Social.Publishing;

namespace Switchboard.Edge.Api.Social.Posts;

/// <summary>What a person saw at the platform.</summary>
internal sealed class SettleTargetBody
{
    /// <summary>published or not-published.</summary>
    public string? Outcome { get; init; }

    /// <summary>Where it is, if it is there.</summary>
    public string? Url { get; init; }
}

internal sealed class SettleTargetValidator : Validator<SettleTargetBody>
{
    public const string Published = "published";

    private const int MaxUrl = 2_000;

    public SettleTargetValidator()
    {
        RuleFor(body => body.Outcome).OneOf([Published, "not-published"]);
        RuleFor(body => body.Url).Text(MaxUrl)
            .Must((body, url) => body.Outcome == Published
                && Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
            .When(body => body.Url is not null)
            .WithMessage("It must be an http or https address of what was published.");
    }
}

/// <summary>
/// <c>POST /api/posts/{id}/targets/{targetId}/settle</c>: the answer of a person about a target that may have been published or not, where
/// the platform cannot be asked. Only then it is settled, or can be tried again.
/// </summary>
internal sealed class SettleTarget(NpgsqlDataSource dataSource, JobOutbox outbox, PublishTargetStore publishing)
    : Endpoint<SettleTargetBody, Results<Ok<PostResponse>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Post("/api/posts/{id:guid}/targets/{targetId:guid}/settle");
        Policies(Scope.Social);
        Description(endpoint => endpoint.Titled("Posts", "Say whether a target of unknown outcome was published")
            .Example("""{"outcome": "published", "url": "https://x.com/ann/status/1"}""")
            .Produces<PostResponse>().Refuses(400, 401, 403, 404, 409, 413, 415, 429, 503));
    }

    public override async Task<Results<Ok<PostResponse>, ProblemHttpResult>> ExecuteAsync(SettleTargetBody body, CancellationToken ct)
    {
        var (userId, id, targetId) = (HttpContext.Caller().UserId, Route<Guid>("id"), Route<Guid>("targetId"));
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        if (await PostReads.FindAsync(transaction, userId, id, ct) is not { } found)
            return Problems.NotFound("post", id);
        if (found.Targets!.FirstOrDefault(one => one.Id == targetId) is not { } target)
            return Problems.NotFound("target", targetId);
        var jobs = await publishing.SettleAsync(
            transaction, userId, id, targetId, body.Outcome == SettleTargetValidator.Published, body.Url, ct);
        if (jobs is null)
            return Problems.Conflict($"The target is {target.State}: there is nothing to settle.");
        var post = (await PostReads.FindAsync(transaction, userId, id, ct))!;
        await outbox.CommitAsync(transaction, jobs, ct);
        return TypedResults.Ok(post);
    }
}
