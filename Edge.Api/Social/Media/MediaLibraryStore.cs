using Switchboard.Core.Social.Media;

namespace Switchboard.Edge.Api.Social.Media;

/// <summary>A part of an upload.</summary>
internal sealed record UploadPart(Guid Id, long Position, long Bytes);

/// <summary>The media library as its users fill it: <c>social_media</c>, and the parts of uploads in <c>social_media_parts</c>.</summary>
internal sealed class MediaLibraryStore(NpgsqlDataSource dataSource, ReadDatabase database)
{
    /// <summary>The most parts of one file.</summary>
    public const int MaxParts = 10_000;

    private const string HoldUserSql = "SELECT FROM users WHERE id = $1 FOR NO KEY UPDATE";

    // idx_social_media_user_state; what was refused is a row, and no file
    private const string UsedSql =
        """
        SELECT count(*), coalesce(sum(total_bytes) FILTER (WHERE state <> 'refused'), 0)::bigint
        FROM social_media WHERE user_id = $1 AND state IN ('uploading', 'ready', 'refused')
        """;

    /// <summary>How many files the user has, and how much they are together. Nobody adds one to them before the transaction ends.</summary>
    public static async Task<(long Files, long Bytes)> UsedAsync(
        NpgsqlTransaction transaction, Guid userId, CancellationToken cancellationToken)
    {
        await transaction.Command(HoldUserSql, userId).RunAsync(cancellationToken);
        return (await transaction.Command(UsedSql, userId).ListAsync(row => (row.GetInt64(0), row.GetInt64(1)), cancellationToken))[0];
    }

    private const string InsertSql =
        $"""
        INSERT INTO social_media (id, user_id, file_name, total_bytes, alt_text, state, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, 'uploading', $6, $6)
        RETURNING {SocialMedia.Columns}
        """;

    /// <summary>Announces a file.</summary>
    public static async Task<SocialMedia> InsertAsync(
        NpgsqlTransaction transaction, Guid userId, Guid id, string fileName, long totalBytes, string? altText, DateTimeOffset now,
        CancellationToken cancellationToken) =>
        (await transaction.Command(InsertSql, id, userId, fileName, totalBytes, altText, now)
            .FirstAsync(SocialMedia.Read, cancellationToken))!;

    private const string ListSql =
        $"""
        SELECT {SocialMedia.Columns} FROM social_media
        WHERE user_id = $1 AND state = ANY ($2) AND ($3::uuid IS NULL OR id < $3) ORDER BY id DESC LIMIT $4 OFFSET $5
        """;

    /// <summary>The user's files in these states, newest first.</summary>
    public Task<List<SocialMedia>> ListAsync(
        Guid userId, IReadOnlyList<string> states, Guid? before, int skip, int take, CancellationToken cancellationToken) =>
        database.ReadAsync(
            userId,
            source => source.Command(ListSql, userId, states.ToArray(), before, take, skip).ListAsync(SocialMedia.Read, cancellationToken),
            cancellationToken);

    private const string CountSql =
        "SELECT count(*)::int FROM (SELECT FROM social_media WHERE user_id = $1 AND state = ANY ($2) LIMIT $3) AS listed";

    /// <summary>How many there are, counted at most so far.</summary>
    public Task<int> CountAsync(Guid userId, IReadOnlyList<string> states, int atMost, CancellationToken cancellationToken) =>
        database.ReadAsync(
            userId, source => source.Command(CountSql, userId, states.ToArray(), atMost).ScalarAsync<int>(cancellationToken),
            cancellationToken);

    private const string FindSql = $"SELECT {SocialMedia.Columns} FROM social_media WHERE user_id = $1 AND id = $2 AND state <> 'deleting'";

    /// <summary>A file; null if the user has none of that id.</summary>
    public Task<SocialMedia?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken) =>
        dataSource.Command(FindSql, userId, id).FirstAsync(SocialMedia.Read, cancellationToken);

    private const string DescribeSql =
        $"""
        UPDATE social_media SET file_name = coalesce($3, file_name), alt_text = coalesce($4, alt_text), updated_at = $5
        WHERE user_id = $1 AND id = $2 AND state <> 'deleting'
        RETURNING {SocialMedia.Columns}
        """;

    /// <summary>Changes what its user says of a file.</summary>
    public Task<SocialMedia?> DescribeAsync(
        Guid userId, Guid id, string? fileName, string? altText, DateTimeOffset now, CancellationToken cancellationToken) =>
        dataSource.Command(DescribeSql, userId, id, fileName, altText, now).FirstAsync(SocialMedia.Read, cancellationToken);

    private const string AddPartSql =
        """
        INSERT INTO social_media_parts (id, user_id, media_id, position)
        SELECT $3, $1, $2, $4
        WHERE EXISTS (SELECT FROM social_media WHERE user_id = $1 AND id = $2 AND state = 'uploading' AND uploaded_bytes = $4)
          AND (SELECT count(*) FROM social_media_parts WHERE user_id = $1 AND media_id = $2) < $5
        """;

    /// <summary>Notes a part before its file is kept, so that it is known of whatever happens.</summary>
    /// <returns>False when the upload is not at that place, or has too many parts.</returns>
    public async Task<bool> AddPartAsync(Guid userId, Guid mediaId, Guid partId, long position, CancellationToken cancellationToken) =>
        await dataSource.Command(AddPartSql, userId, mediaId, partId, position, MaxParts).RunAsync(cancellationToken) == 1;

    private const string CountPartSql =
        """
        WITH moved AS (
            UPDATE social_media SET uploaded_bytes = uploaded_bytes + $5, updated_at = $6
            WHERE user_id = $1 AND id = $2 AND state = 'uploading' AND uploaded_bytes = $4
            RETURNING id)
        UPDATE social_media_parts AS p SET bytes = $5
        FROM moved WHERE p.user_id = $1 AND p.media_id = moved.id AND p.id = $3
        """;

    /// <summary>Counts a part whose file is kept.</summary>
    /// <returns>False when another request was quicker: it counts for nothing.</returns>
    public async Task<bool> CountPartAsync(
        Guid userId, Guid mediaId, UploadPart part, DateTimeOffset now, CancellationToken cancellationToken) =>
        await dataSource.Command(CountPartSql, userId, mediaId, part.Id, part.Position, part.Bytes, now).RunAsync(cancellationToken) == 1;

    private const string PartsSql =
        "SELECT id, position, bytes FROM social_media_parts WHERE user_id = $1 AND media_id = $2 AND bytes IS NOT NULL ORDER BY position";

    /// <summary>The parts that count, in their order.</summary>
    public Task<List<UploadPart>> PartsAsync(Guid userId, Guid mediaId, CancellationToken cancellationToken) =>
        dataSource.Command(PartsSql, userId, mediaId)
            .ListAsync(row => new UploadPart(row.GetGuid(0), row.GetInt64(1), row.GetInt64(2)), cancellationToken);

    private const string FinishSql =
        $"""
        UPDATE social_media SET
            state = 'ready', uploaded_bytes = total_bytes, content_type = $3, width = $4, height = $5, duration_ms = $6, sha256 = $7,
            updated_at = $8
        WHERE user_id = $1 AND id = $2 AND state = 'uploading'
        RETURNING {SocialMedia.Columns}
        """;

    /// <summary>Says that a file is whole and kept.</summary>
    /// <returns>It; null when it is not being uploaded any more.</returns>
    public Task<SocialMedia?> FinishAsync(
        Guid userId, Guid id, MediaHeader header, byte[] hash, DateTimeOffset now, CancellationToken cancellationToken) =>
        dataSource.Command(
            FinishSql, userId, id, header.ContentType, header.Width, header.Height,
            header.Duration is { } duration ? (int)Math.Min(int.MaxValue, duration.TotalMilliseconds) : null, hash, now)
            .FirstAsync(SocialMedia.Read, cancellationToken);

    private const string RefuseSql =
        """
        UPDATE social_media SET state = 'refused', uploaded_bytes = total_bytes, error = $3, updated_at = $4
        WHERE user_id = $1 AND id = $2 AND state = 'uploading'
        """;

    /// <summary>Says that a file is none that is taken.</summary>
    public Task RefuseAsync(Guid userId, Guid id, string reason, DateTimeOffset now, CancellationToken cancellationToken) =>
        dataSource.Command(RefuseSql, userId, id, StorableText.From(reason), now).RunAsync(cancellationToken);

    private const string AllPartsSql = "SELECT id FROM social_media_parts WHERE user_id = $1 AND media_id = $2";

    /// <summary>All parts that there may be something of.</summary>
    public Task<List<Guid>> AllPartsAsync(Guid userId, Guid mediaId, CancellationToken cancellationToken) =>
        dataSource.Command(AllPartsSql, userId, mediaId).ListAsync(row => row.GetGuid(0), cancellationToken);

    private const string RemovePartsSql = "DELETE FROM social_media_parts WHERE user_id = $1 AND media_id = $2 AND id = ANY ($3)";

    /// <summary>Forgets parts whose files are gone.</summary>
    public Task RemovePartsAsync(Guid userId, Guid mediaId, IReadOnlyList<Guid> parts, CancellationToken cancellationToken) =>
        dataSource.Command(RemovePartsSql, userId, mediaId, parts.ToArray()).RunAsync(cancellationToken);

    private const string LockSql = "SELECT state FROM social_media WHERE user_id = $1 AND id = $2 FOR UPDATE";

    // idx_social_posts_media; schedules have few
    private const string UsersSql =
        """
        (SELECT id FROM social_posts
         WHERE user_id = $1 AND media_ids @> ARRAY[$2::uuid] AND media_ids <> '{}' AND state IN ('draft', 'scheduled', 'publishing')
           LIMIT 1)
        UNION ALL
        (SELECT id FROM social_schedules WHERE user_id = $1 AND position($2::uuid::text IN content::text) > 0 LIMIT 1)
        LIMIT 1
        """;

    private const string DeletingSql = "UPDATE social_media SET state = 'deleting', updated_at = $3 WHERE user_id = $1 AND id = $2";

    /// <summary>Takes a file out of the library, unless a post or a schedule still needs it. Its files are to be deleted then.</summary>
    /// <returns>Whether the user has it, and what needs it.</returns>
    public async Task<(bool IsThere, Guid? NeededBy)> BeginDeletingAsync(
        Guid userId, Guid id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // a statement of its own: the next one sees the posts for which this one waited
        if (await transaction.Command(LockSql, userId, id).FirstAsync(row => row.GetString(0), cancellationToken) is null)
            return (false, null);
        if ((await transaction.Command(UsersSql, userId, id).ListAsync(row => row.GetGuid(0), cancellationToken)) is [var user, ..])
            return (true, user);
        await transaction.Command(DeletingSql, userId, id, now).RunAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (true, null);
    }
}
