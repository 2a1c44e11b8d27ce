using System.Globalization;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Switchboard.Core.Jobs;
using Switchboard.Core.Social.Posts;

namespace Switchboard.Edge.Api.Social.Posts;

/// <summary><c>POST /api/posts</c>: a post for accounts and groups: at a time, in the queue of a schedule, at once, or a draft.</summary>
internal sealed class CreatePost(CreatingTransactions transactions, PostWriter writer)
    : Endpoint<PostBody, Results<Created<PostResponse>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Post("/api/posts");
        Policies(Scope.Social);
        Description(endpoint => endpoint.Titled("Posts", "Make a post")
            .Example(
                """
                {"content": {"text": "Our spring sale begins on Monday.", "link": "https://shop.example/spring"},
                 "targets": {"accounts": ["01979d3a-52b0-7c11-8f10-4f2f4bb8b0a1"]},
                 "scheduledAt": "2026-12-24T18:00:00+01:00", "tags": ["spring"]}
                """)
            .WithDescription(
                "Without scheduledAt, scheduleId and draft it goes out at once. What a platform would refuse is refused here, with its "
                + "field. A 409 of the type near-duplicate names the post that says the same; allowDuplicates takes it nevertheless.")
            .Produces<PostResponse>(201).Refuses(400, 401, 403, 409, 413, 415, 422, 429, 503));
    }

    public override async Task<Results<Created<PostResponse>, ProblemHttpResult>> ExecuteAsync(PostBody body, CancellationToken ct)
    {
        var userId = HttpContext.Caller().UserId;
        var creation = await transactions.RunAsync(
            HttpContext,
            body,
            async (NpgsqlTransaction transaction, List<OutgoingJob> jobs) =>
            {
                var (posts, refusal) = await writer.CreateAsync(transaction, jobs, userId, [body], (_, field) => field, ct);
                return refusal is not null
                    ? Creation<PostResponse>.Refused(refusal)
                    : Creation<PostResponse>.Made((await PostReads.FindAsync(transaction, userId, posts[0].Id, ct))!);
            },
            ct);
        if (creation.Refusal is { } refused)
            return refused;
        HttpContext.Response.Headers.ETag = creation.Answer!.EntityTag;
        return TypedResults.Created($"/api/posts/{creation.Answer.Id}", creation.Answer);
    }
}

/// <summary>Many posts.</summary>
internal sealed class BulkPostsBody
{
    /// <summary>Up to 1,000 posts, as <c>POST /api/posts</c> takes them.</summary>
    public IReadOnlyList<PostBody?>? Posts { get; init; }

    /// <summary>Whether each of them may say what another one says.</summary>
    public bool? AllowDuplicates { get; init; }
}

internal sealed class BulkPostsValidator : Validator<BulkPostsBody>
{
    public const int MaxPosts = 1_000;

    public BulkPostsValidator(TimeProvider timeProvider)
    {
        RuleFor(body => body.Posts).NotEmpty().Must(posts => posts is null or { Count: <= MaxPosts })
            .WithMessage(body => $"It has {body.Posts?.Count ?? 0} entries; 1 to {MaxPosts} are taken.");
        RuleForEach(body => body.Posts).NotNull().SetValidator(new PostBodyValidator(timeProvider)!)
            .When(body => body.Posts is { Count: <= MaxPosts });
    }
}

/// <summary>The posts that were made.</summary>
/// <param name="Created">How many.</param>
/// <param name="Posts">Each, in the order of the request.</param>
internal sealed record BulkPostsResponse(int Created, IReadOnlyList<BulkPost> Posts);

/// <summary>A post that was made.</summary>
/// <param name="Id">Its id.</param>
/// <param name="State">draft or scheduled.</param>
/// <param name="ScheduledAt">When it goes out.</param>
/// <param name="QueuePosition">Its place in the queue of its schedule.</param>
internal sealed record BulkPost(Guid Id, string State, DateTimeOffset? ScheduledAt, long? QueuePosition);

/// <summary><c>POST /api/posts/bulk</c>: many posts in one transaction, all or none.</summary>
internal sealed class BulkPosts(CreatingTransactions transactions, PostWriter writer)
    : Endpoint<BulkPostsBody, Results<Created<BulkPostsResponse>, ProblemHttpResult>>
{
    private const int MaxBytes = 8 * 1024 * 1024;
    private const int PostsPerPermit = 10;

    public override void Configure()
    {
        Post("/api/posts/bulk");
        Policies(Scope.Social);
        Description(endpoint => endpoint.Titled("Posts", "Make many posts, all or none")
            .Example(
                """
                {"posts": [{"content": {"text": "The first."}, "targets": {"groups": ["01979d3a-52b0-7c11-8f10-4f2f4bb8b0a2"]}},
                           {"content": {"text": "Another."}, "draft": true}]}
                """)
            .WithDescription(
                $"Up to {BulkPostsValidator.MaxPosts} posts, {PostResolution.MaxTargetsTogether} targets together, and "
                + $"{MaxBytes / 1024 / 1024} MiB. What is wrong is told by its place: posts[3].content.text.")
            .WithMetadata(new RequestSizeLimitAttribute(MaxBytes))
            .Produces<BulkPostsResponse>(201).Refuses(400, 401, 403, 409, 413, 415, 422, 429, 503));
    }

    public override async Task<Results<Created<BulkPostsResponse>, ProblemHttpResult>> ExecuteAsync(
        BulkPostsBody body, CancellationToken ct)
    {
        await HttpContext.CostsItemsAsync(body.Posts!.Count / PostsPerPermit);
        var userId = HttpContext.Caller().UserId;
        PostBody[] posts = [.. body.Posts.Select(post => body.AllowDuplicates is true ? post!.WithDuplicates() : post!)];
        var creation = await transactions.RunAsync(
            HttpContext,
            body,
            async (NpgsqlTransaction transaction, List<OutgoingJob> jobs) =>
            {
                var (made, refusal) = await writer.CreateAsync(transaction, jobs, userId, posts, FieldOf, ct);
                return refusal is not null
                    ? Creation<BulkPostsResponse>.Refused(refusal)
                    : Creation<BulkPostsResponse>.Made(new(
                        made.Count, [.. made.Select(post => new BulkPost(post.Id, post.State, post.ScheduledAt, post.QueuePosition))]));
            },
            ct);
        return creation.Refusal is { } refused ? refused : TypedResults.Created("/api/posts", creation.Answer);
    }

    private static string FieldOf(int index, string field) => string.Create(CultureInfo.InvariantCulture, $"posts[{index}].{field}");
}
