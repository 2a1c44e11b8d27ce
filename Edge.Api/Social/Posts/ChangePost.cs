using System.Globalization;
using System.Text.Json.Serialization;
using FluentValidation;
using Switchboard.Core.Jobs;
using Switchboard.Core.Social.Scheduling;

namespace Switchboard.Edge.Api.Social.Posts;

/// <summary>What of a post to change: what is left out stays. Content and targets are replaced as a whole.</summary>
internal sealed class ChangePostBody : PostFields
{
    /// <summary>The version that was read, in the place of a header If-Match.</summary>
    public int? Version { get; init; }

    /// <summary>Whether it changes what is sent, where or when.</summary>
    [JsonIgnore]
    public bool ChangesWhatIsSent =>
        Content is not null || Targets is not null || ScheduledAt is not null || ScheduleId is not null || Draft is not null;
}

internal sealed class ChangePostValidator : PostFieldsValidator<ChangePostBody>
{
    public ChangePostValidator(TimeProvider timeProvider)
        : base(timeProvider) => RuleFor(body => body)
            .Must(body => body.ChangesWhatIsSent || body.Tags is not null || body.MetadataJson() is not null)
            .OverridePropertyName("$")
            .WithMessage("It must say content, targets, scheduledAt, scheduleId, draft, tags or metadata.");
}

/// <summary>
/// <c>PATCH /api/posts/{id}</c>: until the moment of sending, a post goes out as it was changed last. With <c>If-Match</c> (412) or
/// <c>version</c> (409) only that version is changed.
/// </summary>
internal sealed class ChangePost(NpgsqlDataSource dataSource, JobOutbox outbox, PostWriter writer, TimeProvider timeProvider)
    : Endpoint<ChangePostBody, Results<Ok<PostResponse>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Patch("/api/posts/{id:guid}");
        Policies(Scope.Social);
        Description(endpoint => endpoint.Titled("Posts", "Change a post before it is sent")
            .Example("""{"content": {"text": "Our spring sale begins today."}, "version": 1}""")
            .TakesHeader("If-Match")
            .WithDescription(
                "Once a target is being sent what the post says is fixed: a 409 of the type post-fixed. "
                + "Tags and metadata can be changed always.")
            .Produces<PostResponse>().Refuses(400, 401, 403, 404, 409, 412, 413, 415, 429, 503));
    }

    public override async Task<Results<Ok<PostResponse>, ProblemHttpResult>> ExecuteAsync(ChangePostBody body, CancellationToken ct)
    {
        var (userId, id) = (HttpContext.Caller().UserId, Route<Guid>("id"));
        var jobs = new List<OutgoingJob>();
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        // schedules are held before their posts, by all
        if (body.ScheduleId is { } schedule)
            await ScheduleStore.LockAsync(transaction, userId, schedule, ct);
        if (await PostReads.LockAsync(transaction, userId, id, ct) is not { } held)
            return Problems.NotFound("post", id);
        if (PostVersion.Refusal(held.Post, HttpContext.Request.Headers.IfMatch.ToString(), body.Version) is { } outdated)
            return outdated;
        var action = new PostAction(transaction, jobs, userId, held, timeProvider.GetUtcNow().ToStorable());
        if (await writer.ChangeAsync(action, body, ct) is { } refusal)
            return refusal;
        var post = (await PostReads.FindAsync(transaction, userId, id, ct))!;
        await outbox.CommitAsync(transaction, jobs, ct);
        HttpContext.Response.Headers.ETag = post.EntityTag;
        return TypedResults.Ok(post);
    }
}

/// <summary>Whether a change is of what is there.</summary>
internal static class PostVersion
{
    /// <summary>412 or 409 when it is of another version.</summary>
    /// <param name="post">The post as it is.</param>
    /// <param name="ifMatch">The header If-Match (RFC 9110, 13.1.1); empty for none.</param>
    /// <param name="version">The version that the body names.</param>
    public static ProblemHttpResult? Refusal(PostResponse post, string ifMatch, int? version)
    {
        var now = string.Create(CultureInfo.InvariantCulture, $"The post is at version {post.Version} by now: read it, and change that.");
        if (ifMatch.Length > 0 && ifMatch.Trim() != "*"
            && !ifMatch.Split(',').Any(tag => tag.Trim().Trim('"') == post.EntityTag.Trim('"')))
            return Problems.For(StatusCodes.Status412PreconditionFailed, now);
        return version is null || version == post.Version ? null : Problems.Conflict(now);
    }
}
