using Switchboard.Core.Jobs;
using Switchboard.Core.Social;
using Switchboard.Core.Social.Posts;
using Switchboard.Core.Social.Publishing;

namespace Switchboard.Edge.Api.Social.Posts;

/// <summary><c>POST</c> of something that is done to a post, without a body; it answers the post as it is then.</summary>
internal abstract class PostActionEndpoint(NpgsqlDataSource dataSource, JobOutbox outbox, TimeProvider timeProvider)
    : EndpointWithoutRequest<Results<Ok<PostResponse>, ProblemHttpResult>>
{
    /// <summary>Its route below the post, and its summary in OpenAPI.</summary>
    protected void Act(string action, string summary)
    {
        Post($"/api/posts/{{id:guid}}/{action}");
        Policies(Scope.Social);
        Description(endpoint => endpoint.Titled("Posts", summary)
            .Produces<PostResponse>().Refuses(400, 401, 403, 404, 409, 429, 503));
    }

    public sealed override async Task<Results<Ok<PostResponse>, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var (userId, id) = (HttpContext.Caller().UserId, Route<Guid>("id"));
        var jobs = new List<OutgoingJob>();
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        if (await PostReads.LockAsync(transaction, userId, id, ct) is not { } held)
            return Problems.NotFound("post", id);
        var action = new PostAction(transaction, jobs, userId, held, timeProvider.GetUtcNow().ToStorable());
        if (await ActAsync(action, ct) is { } refusal)
            return refusal;
        var post = (await PostReads.FindAsync(transaction, userId, id, ct))!;
        await outbox.CommitAsync(transaction, jobs, ct);
        return TypedResults.Ok(post);
    }

    /// <summary>Does it in the transaction, which holds the post, or says why not.</summary>
    protected abstract Task<ProblemHttpResult?> ActAsync(PostAction action, CancellationToken cancellationToken);
}

/// <summary>Something that is done to a post.</summary>
/// <param name="Transaction">Holds the post.</param>
/// <param name="Jobs">Takes what is to be staged with it.</param>
/// <param name="UserId">Whose post.</param>
/// <param name="Held">The post.</param>
/// <param name="Now">When it is done.</param>
internal sealed record PostAction(NpgsqlTransaction Transaction, List<OutgoingJob> Jobs, Guid UserId, HeldPost Held, DateTimeOffset Now)
{
    public Guid PostId => Held.Post.Id;

    public string State => Held.Post.State;
}

/// <summary><c>POST /api/posts/{id}/cancel</c>: nothing more of it is sent. What is being sent goes on.</summary>
internal sealed class CancelPost(NpgsqlDataSource dataSource, JobOutbox outbox, PublishTargetStore publishing, TimeProvider timeProvider)
    : PostActionEndpoint(dataSource, outbox, timeProvider)
{
    public override void Configure() => Act("cancel", "Cancel what is not sent yet of a post");

    protected override async Task<ProblemHttpResult?> ActAsync(PostAction action, CancellationToken cancellationToken)
    {
        switch (action.State)
        {
            case PostStates.Cancelled:
                return null;
            case PostStates.Published or PostStates.Partly or PostStates.Failed:
                return Problems.Conflict($"The post is {action.State}: there is nothing to cancel.");
            case PostStates.Draft when action.Held.Targets.Count == 0:
                return Problems.Conflict("It is a draft that goes nowhere yet: delete it.");
        }

        if (await publishing.CancelAsync(action.Transaction, action.UserId, [action.PostId], action.Now, cancellationToken) == 0)
            return Problems.Conflict("All of its targets are being sent, or were: there is nothing to cancel.", ProblemKinds.PostFixed);
        await PostReads.LeaveQueueAsync(action.Transaction, action.UserId, action.PostId, cancellationToken);
        return null;
    }
}

/// <summary><c>POST /api/posts/{id}/publish</c>: a draft, or a post that waits, goes out now.</summary>
internal sealed class PublishPostNow(
    NpgsqlDataSource dataSource, JobOutbox outbox, PostWriter writer, PublishTargetStore publishing, TimeProvider timeProvider)
    : PostActionEndpoint(dataSource, outbox, timeProvider)
{
    public override void Configure() => Act("publish", "Publish a post now");

    protected override async Task<ProblemHttpResult?> ActAsync(PostAction action, CancellationToken cancellationToken)
    {
        // what was a draft is looked at as a new post is
        if (action.State == PostStates.Draft)
        {
            var change = new ChangePostBody { Draft = false, ScheduledAt = action.Now };
            return await writer.ChangeAsync(action, change, cancellationToken);
        }

        var armed = await publishing.PublishNowAsync(action.Transaction, action.UserId, action.PostId, action.Now, cancellationToken);
        if (armed is null)
            return Problems.Conflict($"The post is {action.State}: there is nothing to publish. POST …/retry sends again what failed.");
        action.Jobs.AddRange(armed);
        return null;
    }
}

/// <summary><c>POST /api/posts/{id}/retry</c>: sends again what failed.</summary>
internal sealed class RetryPost(NpgsqlDataSource dataSource, JobOutbox outbox, PublishTargetStore publishing, TimeProvider timeProvider)
    : PostActionEndpoint(dataSource, outbox, timeProvider)
{
    public override void Configure() => Act("retry", "Send again what failed of a post");

    protected override async Task<ProblemHttpResult?> ActAsync(PostAction action, CancellationToken cancellationToken)
    {
        if (action.Held.Targets.All(target => target.State != TargetStates.Failed))
        {
            return Problems.Conflict(
                "None of its targets has failed. Of those whose outcome is unknown say first what became of them: …/settle.");
        }

        action.Jobs.AddRange(await publishing.RetryAsync(
            action.Transaction, action.UserId, action.PostId, null, action.Now, cancellationToken));
        return null;
    }
}

/// <summary><c>POST /api/posts/{id}/delete-published</c>: deletes it at the platforms that can, in a moment.</summary>
internal sealed class DeletePublishedPost(
    NpgsqlDataSource dataSource, JobOutbox outbox, PublishTargetStore publishing, TimeProvider timeProvider)
    : PostActionEndpoint(dataSource, outbox, timeProvider)
{
    public override void Configure() => Act("delete-published", "Delete a post at the platforms where it is");

    protected override async Task<ProblemHttpResult?> ActAsync(PostAction action, CancellationToken cancellationToken)
    {
        var deleting = await publishing.DeleteAsync(action.Transaction, action.UserId, action.PostId, null, action.Now, cancellationToken);
        if (deleting is { Jobs.Count: 0, ToConnect.Count: > 0 })
        {
            return Problems.Conflict(
                $"Nothing is deleted: the authorization of {string.Join(", ", deleting.ToConnect)} is over. "
                + "Connect again at POST /api/accounts/social, and delete it then.");
        }

        if (deleting.Jobs.Count == 0)
        {
            var unable = action.Held.Targets.Where(target => target.State == TargetStates.Published)
                .Select(target => SocialPlatforms.All[target.Platform].Label).Distinct().ToList();
            return Problems.Conflict(unable.Count == 0
                ? "None of its targets is published."
                : $"It can be deleted only by hand: {string.Join(", ", unable)} cannot by its API, or said not which post it is.");
        }

        action.Jobs.AddRange(deleting.Jobs);
        return null;
    }
}

/// <summary>
/// <c>DELETE /api/posts/{id}</c>: forgets a post, and sends nothing more of it. What was published stays where it is; what is being sent, or
/// deleted at its platform, is waited for, so that nothing is out that nobody knows of.
/// </summary>
internal sealed class DeletePostRecord(NpgsqlDataSource dataSource) : EndpointWithoutRequest<Results<NoContent, ProblemHttpResult>>
{
    public override void Configure()
    {
        Delete("/api/posts/{id:guid}");
        Policies(Scope.Social);
        Description(endpoint => endpoint.Titled("Posts", "Delete a post here").Produces(204).Refuses(401, 403, 404, 409, 429, 503));
    }

    public override async Task<Results<NoContent, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var (userId, id) = (HttpContext.Caller().UserId, Route<Guid>("id"));
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        if (await PostReads.LockAsync(transaction, userId, id, ct) is not { } held)
            return Problems.NotFound("post", id);
        if (held.Targets.Any(target => target.State is TargetStates.Sending or TargetStates.Unknown))
        {
            return Problems.Conflict(
                "Some of it is being sent, or it is not known whether it was: delete it when that is settled.", ProblemKinds.PostFixed);
        }

        // the job that deletes it there knows of it by its target alone
        if (held.Targets.Any(target => target is { State: TargetStates.Published, Reason: TargetReasons.Deleting }))
        {
            return Problems.Conflict(
                "Some of it is being deleted at its platform: delete it here when its targets are deleted, or say why they are not. "
                + "POST …/delete-published asks for it once more.", ProblemKinds.PostFixed);
        }

        await PostReads.DeleteAsync(transaction, userId, id, ct);
        await transaction.CommitAsync(ct);
        return TypedResults.NoContent();
    }
}
