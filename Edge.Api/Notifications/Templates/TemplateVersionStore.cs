using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Switchboard.Core.Notifications.Templates;

namespace Switchboard.Edge.Api.Notifications.Templates;

/// <summary>How much a user's templates may take (section <c>Templates</c>).</summary>
internal sealed class TemplateStoreOptions
{
    public const string Section = "Templates";

    /// <summary>How many templates and layouts a user has at most.</summary>
    [Range(1, 100_000)]
    public int MaxTemplatesPerUser { get; set; } = 1_000;

    /// <summary>How many versions of a template are kept; beyond that the oldest go, but not the published one.</summary>
    [Range(2, 1_000)]
    public int KeptVersions { get; set; } = 50;

    /// <summary>How many bytes the sources of all versions of a user have together at most.</summary>
    [Range(1_000_000, 1_000_000_000)]
    public int MaxSourceBytesPerUser { get; set; } = 20_000_000;
}

/// <summary>Templates as they are written and published: each change is a new version, and one of them is sent.</summary>
internal sealed class TemplateVersionStore(
    NpgsqlDataSource dataSource, TemplateStore published, IOptions<TemplateStoreOptions> options, TimeProvider timeProvider)
{
    private const string ListSql =
        $"""
        SELECT {TemplateSummary.Columns}
        FROM templates AS t
        WHERE t.user_id = $1
          AND ($2::text IS NULL OR t.kind = $2)
          AND ($3::timestamptz IS NULL OR (t.created_at, t.id) < ($3, $4::uuid))
        ORDER BY t.created_at DESC, t.id DESC
        LIMIT $5
        """;

    /// <summary>A page of them, the newest first.</summary>
    public Task<List<TemplateSummary>> ListAsync(Guid userId, string? kind, Cursor? after, int take, CancellationToken cancellationToken) =>
        dataSource.Command(ListSql, userId, kind, after?.At, after?.Id, take).ListAsync(TemplateSummary.Read, cancellationToken);

    private const string FindSql = $"SELECT {TemplateSummary.Columns} FROM templates AS t WHERE t.user_id = $1 AND t.key = $2";

    private const string VersionSql =
        $"""
        SELECT {PublishedTemplate.Columns}
        FROM templates AS t JOIN template_versions AS v ON v.template_id = t.id
        WHERE t.user_id = $1 AND t.key = $2 AND v.user_id = $1 AND v.version = coalesce($3, t.latest_version)
        """;

    private const string VersionsSql =
        """
        SELECT version, created_at, published_at FROM template_versions
        WHERE template_id = $1 AND user_id = $2
        ORDER BY version DESC
        """;

    /// <summary>A template with a version of it, the latest if none is named; null if either is not there.</summary>
    public async Task<TemplateResponse?> FindAsync(Guid userId, string key, int? version, CancellationToken cancellationToken)
    {
        if (await dataSource.Command(FindSql, userId, key).FirstAsync(TemplateSummary.Read, cancellationToken) is not { } template
            || await VersionAsync(userId, key, version, cancellationToken) is not { } found)
            return null;
        var versions = await dataSource.Command(VersionsSql, template.Id, userId).ListAsync(
            row => new VersionSummary(row.GetInt32(0), row.GetFieldValue<DateTimeOffset>(1), row.Nullable<DateTimeOffset>(2)),
            cancellationToken);
        return TemplateResponse.Of(template, found, versions);
    }

    /// <summary>A version of a template as it would be rendered, with its layout: the published version of that, else its latest.</summary>
    public async Task<PublishedTemplate?> FindForPreviewAsync(Guid userId, string key, int? version, CancellationToken cancellationToken)
    {
        var template = await VersionAsync(userId, key, version, cancellationToken);
        if (template?.LayoutKey is not { } layout)
            return template;
        var summary = await dataSource.Command(FindSql, userId, layout).FirstAsync(TemplateSummary.Read, cancellationToken);
        return template with { Layout = await VersionAsync(userId, layout, summary?.PublishedVersion, cancellationToken) };
    }

    private Task<PublishedTemplate?> VersionAsync(Guid userId, string key, int? version, CancellationToken cancellationToken) =>
        dataSource.Command(VersionSql, userId, key, version).FirstAsync(PublishedTemplate.Read, cancellationToken);

    private const string InsertSql =
        """
        WITH made AS (
            INSERT INTO templates (id, user_id, key, kind, latest_version, created_at, updated_at) VALUES ($1, $2, $3, $4, 1, $9, $9)
            ON CONFLICT (user_id, key) DO NOTHING
            RETURNING id
        )
        INSERT INTO template_versions (template_id, version, user_id, category, layout, variants, source_bytes, created_at)
        SELECT id, 1, $2, $5, $6, $7::jsonb, $8, $9 FROM made
        """;

    /// <summary>Makes a template with its first version; refused if there is one of this key, or too many.</summary>
    public async Task<Creation<TemplateSummary>> CreateAsync(
        NpgsqlTransaction transaction, Guid userId, CreateTemplateRequest request, CancellationToken cancellationToken)
    {
        if (await RefusalAsync(transaction, userId, request.Kind, request, isNew: true, cancellationToken) is { } refusal)
            return Creation<TemplateSummary>.Refused(refusal);

        var now = timeProvider.GetUtcNow().ToStorable();
        var template = new TemplateSummary(
            Guid.CreateVersion7(now), request.Key!, request.Kind ?? TemplateRequest.TemplateKind, LatestVersion: 1, PublishedVersion: null,
            CreatedAt: now, UpdatedAt: now);
        var made = await transaction.Command(
            InsertSql, template.Id, userId, template.Key, template.Kind, request.Category, request.Layout,
            TemplateVariant.Write(request.ToVariants()), request.SourceBytes(), now).RunAsync(cancellationToken);
        return made > 0
            ? Creation<TemplateSummary>.Made(template)
            : Creation<TemplateSummary>.Refused(Problems.Conflict($"There is a template '{template.Key}' already."));
    }

    // versions of a template are written and published one after the other
    private static Task<TemplateSummary?> LockAsync(
        NpgsqlTransaction transaction, Guid userId, string key, CancellationToken cancellationToken) =>
        transaction.Command(FindSql + " FOR UPDATE", userId, key).FirstAsync(TemplateSummary.Read, cancellationToken);

    private const string AddVersionSql =
        $"""
        WITH changed AS (
            UPDATE templates AS t SET latest_version = t.latest_version + 1, updated_at = $7
            WHERE t.user_id = $1 AND t.key = $2
            RETURNING {TemplateSummary.Columns}
        ), added AS (
            INSERT INTO template_versions (template_id, version, user_id, category, layout, variants, source_bytes, created_at)
            SELECT id, latest_version, $1, $3, $4, $5::jsonb, $6, $7 FROM changed
        ), dropped AS (
            DELETE FROM template_versions AS v USING changed
            WHERE v.template_id = changed.id AND v.user_id = $1 AND v.version <= changed.latest_version - $8
              AND v.version IS DISTINCT FROM changed.published_version
        )
        SELECT * FROM changed
        """;

    /// <summary>Writes a new version of a template, which is not sent before it is published.</summary>
    public async Task<Results<Ok<TemplateSummary>, ProblemHttpResult>> AddVersionAsync(
        Guid userId, string key, TemplateRequest request, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await LockAsync(transaction, userId, key, cancellationToken) is not { } found)
            return NotFound(key);
        if (await RefusalAsync(transaction, userId, found.Kind, request, isNew: false, cancellationToken) is { } refusal)
            return refusal;
        var changed = await transaction.Command(
            AddVersionSql, userId, key, request.Category, request.Layout, TemplateVariant.Write(request.ToVariants()),
            request.SourceBytes(), timeProvider.GetUtcNow(), options.Value.KeptVersions).FirstAsync(TemplateSummary.Read,
            cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return TypedResults.Ok(changed!);
    }

    private const string PublishSql =
        $"""
        WITH marked AS (
            UPDATE template_versions SET published_at = coalesce(published_at, $4)
            WHERE template_id = $1 AND user_id = $2 AND version = $3
        )
        UPDATE templates AS t SET published_version = $3, updated_at = $4
        WHERE t.id = $1 AND t.user_id = $2
        RETURNING {TemplateSummary.Columns}
        """;

    private const string StateSql =
        """
        SELECT v.published_at, v.layout,
               v.layout IS NULL OR EXISTS (
                   SELECT FROM templates AS l
                   WHERE l.user_id = $2 AND l.key = v.layout AND l.kind = 'layout' AND l.published_version IS NOT NULL)
        FROM template_versions AS v
        WHERE v.template_id = $1 AND v.user_id = $2 AND v.version = $3
        """;

    /// <summary>Has a version sent from now on.</summary>
    /// <param name="userId">Whose template it is.</param>
    /// <param name="key">Its key.</param>
    /// <param name="version">Which version; null for the latest.</param>
    /// <param name="isRollback">Whether it must have been published before.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Results<Ok<TemplateSummary>, ProblemHttpResult>> PublishAsync(
        Guid userId, string key, int? version, bool isRollback, CancellationToken cancellationToken)
    {
        TemplateSummary? changed;
        await using (var connection = await dataSource.OpenConnectionAsync(cancellationToken))
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            if (await LockAsync(transaction, userId, key, cancellationToken) is not { } template)
                return NotFound(key);
            var number = version ?? template.LatestVersion;
            var states = await transaction.Command(StateSql, template.Id, userId, number).ListAsync(
                row => (PublishedAt: row.Nullable<DateTimeOffset>(0), Layout: row.Text(1), HasLayout: row.GetBoolean(2)),
                cancellationToken);
            if (states is not [var state])
                return NotFound(key, number);
            if (isRollback && state.PublishedAt is null)
                return Problems.Conflict($"Version {number} of the template '{key}' was never published: publish it.");
            if (!state.HasLayout)
                return Problems.Conflict($"The layout '{state.Layout}' is not published.");
            changed = await transaction.Command(PublishSql, template.Id, userId, number, timeProvider.GetUtcNow())
                .FirstAsync(TemplateSummary.Read, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        await published.RefreshAsync(userId, key, CancellationToken.None);
        return TypedResults.Ok(changed!);
    }

    private const string UsedSql =
        """
        SELECT t.key FROM template_versions AS v JOIN templates AS t ON t.id = v.template_id AND t.published_version = v.version
        WHERE v.user_id = $1 AND v.layout = $2 AND t.user_id = $1 AND t.key <> $2
        ORDER BY t.key LIMIT 1
        """;

    private const string DeleteSql = "DELETE FROM templates WHERE user_id = $1 AND key = $2";

    /// <summary>Deletes a template with all versions; a layout not while a published template is put into it.</summary>
    public async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(Guid userId, string key, CancellationToken cancellationToken)
    {
        if (await dataSource.Command(UsedSql, userId, key).FirstAsync(row => row.GetString(0), cancellationToken) is { } user)
            return Problems.Conflict($"The template '{user}' is put into this layout.");
        if (await dataSource.Command(DeleteSql, userId, key).RunAsync(cancellationToken) == 0)
            return NotFound(key);
        await published.RefreshAsync(userId, key, CancellationToken.None);
        return TypedResults.NoContent();
    }

    /// <summary>404: it is not there, or it is another's.</summary>
    public static ProblemHttpResult NotFound(string key, int? version = null) => Problems.For(
        StatusCodes.Status404NotFound,
        version is null ? $"There is no template {key}." : $"There is no version {version} of a template {key}.");

    private const string StoredSql =
        """
        SELECT $2::text IS NULL OR $2 = 'default' OR EXISTS (SELECT FROM notification_categories WHERE user_id = $1 AND name = $2),
               $3::text IS NULL OR EXISTS (SELECT FROM templates WHERE user_id = $1 AND key = $3 AND kind = 'layout'),
               (SELECT count(*) FROM templates WHERE user_id = $1),
               (SELECT coalesce(sum(source_bytes), 0) FROM template_versions WHERE user_id = $1)::bigint
        """;

    // what only the rows tell
    private async Task<ProblemHttpResult?> RefusalAsync(
        NpgsqlTransaction transaction, Guid userId, string? kind, TemplateRequest request, bool isNew, CancellationToken cancellationToken)
    {
        if (kind == TemplateRequest.LayoutKind && request.LayoutError() is { } wrong)
            return Problems.Invalid(wrong);
        // in a separate statement before the count, so that what is written at the same time counts
        await transaction.Command("SELECT FROM users WHERE id = $1 FOR UPDATE", userId).RunAsync(cancellationToken);
        var stored = await transaction.Command(StoredSql, userId, request.Category, request.Layout).ListAsync(
            row => (Category: row.GetBoolean(0), Layout: row.GetBoolean(1), Templates: row.GetInt64(2), Bytes: row.GetInt64(3)),
            cancellationToken);
        var limits = options.Value;
        return !stored[0].Category ? Problems.Invalid(new FieldError("category", $"There is no category '{request.Category}'."))
            : !stored[0].Layout ? Problems.Invalid(new FieldError("layout", $"There is no layout '{request.Layout}'."))
            : isNew && stored[0].Templates >= limits.MaxTemplatesPerUser
                ? Problems.Conflict($"A user has at most {limits.MaxTemplatesPerUser} templates.")
            : stored[0].Bytes + request.SourceBytes() > limits.MaxSourceBytesPerUser
                ? Problems.Conflict($"The versions of a user's templates have at most {limits.MaxSourceBytesPerUser} bytes together.")
            : null;
    }
}

/// <summary>Registration of what the endpoints of templates share.</summary>
internal static class TemplateEndpointServices
{
    /// <summary>What writes, publishes, finds and renders templates.</summary>
    public static IServiceCollection AddTemplateVersions(this IServiceCollection services)
    {
        services.AddOptions<TemplateStoreOptions>()
            .BindConfiguration(TemplateStoreOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        return services.AddTemplates().AddSingleton<TemplateVersionStore>();
    }
}
