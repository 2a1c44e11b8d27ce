using Npgsql;
using Switchboard.Core.Media;
using Switchboard.Core.Postgres;
using Switchboard.Core.Social.Platforms;

namespace Switchboard.Core.Social.Media;

/// <summary>The states of a file of the media library: values of <c>social_media.state</c>.</summary>
public static class SocialMediaStates
{
    /// <summary>Parts of it are still to come.</summary>
    public const string Uploading = "uploading";

    /// <summary>It is there, and what it is is known.</summary>
    public const string Ready = "ready";

    /// <summary>It is nothing that any platform takes; <c>error</c> says why.</summary>
    public const string Refused = "refused";

    /// <summary>Its user has deleted it; nobody sees it any more.</summary>
    public const string Deleting = "deleting";

    /// <summary>Those that a user sees.</summary>
    public static IReadOnlyList<string> Shown { get; } = [Uploading, Ready, Refused];
}

/// <summary>A file of the media library.</summary>
/// <param name="Id">Its id.</param>
/// <param name="UserId">Whose.</param>
/// <param name="FileName">What its user calls it.</param>
/// <param name="ContentType">What its bytes say it is; null before all are there, and of what was refused for it.</param>
/// <param name="TotalBytes">How large it is.</param>
/// <param name="UploadedBytes">How much of it is there.</param>
/// <param name="State">One of <see cref="SocialMediaStates"/>.</param>
/// <param name="CreatedAt">When it was announced.</param>
public sealed record SocialMedia(
    Guid Id, Guid UserId, string FileName, string? ContentType, long TotalBytes, long UploadedBytes, string State, DateTimeOffset CreatedAt)
{
    /// <summary>Its columns, in the order in which <see cref="Read"/> takes them.</summary>
    public const string Columns =
        """
        id, user_id, file_name, content_type, total_bytes, uploaded_bytes, state, created_at, width, height, duration_ms, alt_text, error,
        updated_at
        """;

    /// <summary>How wide it is, in pixels.</summary>
    public int? Width { get; init; }

    /// <summary>How high it is, in pixels.</summary>
    public int? Height { get; init; }

    /// <summary>How long it plays, in milliseconds.</summary>
    public int? DurationMs { get; init; }

    /// <summary>What it shows, for who does not see it.</summary>
    public string? AltText { get; init; }

    /// <summary>Why it was refused.</summary>
    public string? Error { get; init; }

    /// <summary>When it changed last.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>What the rules of platforms are about; of a file that is ready.</summary>
    public MediaFacts Facts =>
        new(Id, ContentType ?? "", TotalBytes, Width, Height, DurationMs is { } duration ? TimeSpan.FromMilliseconds(duration) : null);

    /// <summary>A row of <see cref="Columns"/>.</summary>
    public static SocialMedia Read(NpgsqlDataReader row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return new(
            row.GetGuid(0), row.GetGuid(1), row.GetString(2), row.Text(3), row.GetInt64(4), row.GetInt64(5), row.GetString(6),
            row.GetFieldValue<DateTimeOffset>(7))
        {
            Width = row.Nullable<int>(8),
            Height = row.Nullable<int>(9),
            DurationMs = row.Nullable<int>(10),
            AltText = row.Text(11),
            Error = row.Text(12),
            UpdatedAt = row.GetFieldValue<DateTimeOffset>(13),
        };
    }
}

/// <summary>How files of the media library are named in the <see cref="IMediaStore"/>.</summary>
public static class SocialMediaKey
{
    /// <summary>The file.</summary>
    public static string Of(Guid userId, Guid mediaId) => $"social/{userId}/{mediaId}";

    /// <summary>A part of it that was uploaded before the others.</summary>
    public static string OfPart(Guid userId, Guid mediaId, Guid partId) => $"social/{userId}/{mediaId}-{partId}";
}

/// <summary>The media library, as all that read it do: <c>social_media</c>.</summary>
public sealed class SocialMediaStore(NpgsqlDataSource dataSource)
{
    private const string FindSql =
        $"SELECT {SocialMedia.Columns} FROM social_media WHERE user_id = $1 AND id = ANY ($2) AND state = 'ready'";

    /// <summary>Those of these files that the user has and that are ready, by their ids.</summary>
    public async Task<IReadOnlyDictionary<Guid, SocialMedia>> FindAsync(
        Guid userId, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return ids.Count == 0
            ? new Dictionary<Guid, SocialMedia>()
            : (await dataSource.Command(FindSql, userId, ids.ToArray()).ListAsync(SocialMedia.Read, cancellationToken))
                .ToDictionary(media => media.Id);
    }

    private const string HoldSql =
        $"SELECT {SocialMedia.Columns} FROM social_media WHERE user_id = $1 AND id = ANY ($2) ORDER BY id FOR KEY SHARE";

    /// <summary>Those of these files that the user has, in whatever state; none of them is deleted before the transaction ends.</summary>
    public static async Task<IReadOnlyDictionary<Guid, SocialMedia>> HoldAsync(
        NpgsqlTransaction transaction, Guid userId, Guid[] ids, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return ids.Length == 0
            ? new Dictionary<Guid, SocialMedia>()
            : (await transaction.Command(HoldSql, userId, ids).ListAsync(SocialMedia.Read, cancellationToken))
                .ToDictionary(media => media.Id);
    }

    // of a user, or of all what is to be removed anyway
    private const string ToDeleteSql =
        """
        SELECT m.user_id, m.id, ARRAY(SELECT p.id FROM social_media_parts AS p WHERE p.user_id = m.user_id AND p.media_id = m.id) AS parts
        FROM social_media AS m
        """;

    private const string OfUserSql = $"{ToDeleteSql} WHERE m.user_id = $1 ORDER BY m.id LIMIT $2";

    /// <summary>Some files of a user who is being deleted.</summary>
    public Task<List<MediaFiles>> OfUserAsync(Guid userId, int limit, CancellationToken cancellationToken) =>
        dataSource.Command(OfUserSql, userId, limit).ListAsync(ReadFiles, cancellationToken);

    // one that is held goes on at this moment
    private const string ClaimAbandonedSql =
        """
        WITH old AS MATERIALIZED (
            SELECT user_id, id FROM social_media
            WHERE state IN ('uploading', 'deleting') AND updated_at < CASE state WHEN 'uploading' THEN $1 ELSE $2 END AND updated_at < $2
            ORDER BY updated_at LIMIT $3
            FOR UPDATE SKIP LOCKED)
        UPDATE social_media AS m SET state = 'deleting', updated_at = $4
        FROM old
        WHERE m.user_id = old.user_id AND m.id = old.id
        RETURNING m.user_id, m.id
        """;

    private const string ClaimedSql =
        $"{ToDeleteSql} JOIN unnest($1::uuid[], $2::uuid[]) AS claimed (user_id, id) ON m.user_id = claimed.user_id AND m.id = claimed.id";

    /// <summary>
    /// Takes some uploads that nobody goes on with out of the library, as their users would, and again files whose deletion was
    /// interrupted: nothing more is added to what is answered, and an upload that went on before that is not among it.
    /// </summary>
    /// <param name="uploadsBefore">Uploads that nothing came of since then.</param>
    /// <param name="deletionsBefore">Deletions that began before then; later than the former.</param>
    /// <param name="limit">How many.</param>
    /// <param name="now">When their deletion begins.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<List<MediaFiles>> BeginDeletingAbandonedAsync(
        DateTimeOffset uploadsBefore, DateTimeOffset deletionsBefore, int limit, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var claimed = await dataSource.Command(ClaimAbandonedSql, uploadsBefore, deletionsBefore, limit, now)
            .ListAsync(row => (User: row.GetGuid(0), Media: row.GetGuid(1)), cancellationToken);
        // a statement of its own: it sees the parts that were noted until then
        return claimed.Count == 0
            ? []
            : await dataSource.Command(
                ClaimedSql, claimed.Select(one => one.User).ToArray(),
                claimed.Select(one => one.Media).ToArray()).ListAsync(ReadFiles, cancellationToken);
    }

    private const string DeleteSql =
        """
        DELETE FROM social_media AS m USING unnest($1::uuid[], $2::uuid[]) AS old (user_id, id)
        WHERE m.user_id = old.user_id AND m.id = old.id
        """;

    /// <summary>Deletes files and then their rows, which are all that knows of them.</summary>
    public async Task<int> DeleteAsync(IMediaStore files, IReadOnlyCollection<MediaFiles> media, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(media);
        foreach (var one in media)
        {
            foreach (var part in one.Parts)
                await files.DeleteAsync(SocialMediaKey.OfPart(one.UserId, one.MediaId, part), cancellationToken);
            await files.DeleteAsync(SocialMediaKey.Of(one.UserId, one.MediaId), cancellationToken);
        }

        return media.Count == 0
            ? 0
            : await dataSource.Command(
                DeleteSql, media.Select(one => one.UserId).ToArray(),
                media.Select(one => one.MediaId).ToArray()).RunAsync(cancellationToken);
    }

    private static MediaFiles ReadFiles(NpgsqlDataReader row) => new(row.GetGuid(0), row.GetGuid(1), row.GetFieldValue<Guid[]>(2));
}

/// <summary>What is kept of a file of the media library.</summary>
/// <param name="UserId">Whose.</param>
/// <param name="MediaId">The file.</param>
/// <param name="Parts">Parts of it, while it is uploaded.</param>
public sealed record MediaFiles(Guid UserId, Guid MediaId, IReadOnlyList<Guid> Parts);
