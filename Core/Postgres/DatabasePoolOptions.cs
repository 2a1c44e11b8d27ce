using System.ComponentModel.DataAnnotations;
using Npgsql;

namespace Switchboard.Core.Postgres;

/// <summary>The connections that one process keeps to Postgres; plain names, as in the environment.</summary>
public sealed class DatabasePoolOptions : IValidatableObject
{
    /// <summary>How many are kept open when nothing is to be done.</summary>
    [ConfigurationKeyName("DATABASE_POOL_MIN")]
    [Range(0, 1_000, ErrorMessage = "DATABASE_POOL_MIN must be from 0 to 1000.")]
    public int MinConnections { get; set; } = 2;

    /// <summary>How many there are at most; a caller that needs one more waits.</summary>
    [ConfigurationKeyName("DATABASE_POOL_MAX")]
    [Range(1, 1_000, ErrorMessage = "DATABASE_POOL_MAX must be from 1 to 1000.")]
    public int MaxConnections { get; set; } = 10;

    /// <summary>How long one waits for a connection before it is an error, in milliseconds; counted in whole seconds, rounded up.</summary>
    [ConfigurationKeyName("DATABASE_POOL_TIMEOUT_MS")]
    [Range(1_000, 300_000, ErrorMessage = "DATABASE_POOL_TIMEOUT_MS must be from 1000 to 300000.")]
    public int TimeoutMs { get; set; } = 15_000;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (MinConnections > MaxConnections)
            yield return new ValidationResult($"DATABASE_POOL_MIN ({MinConnections}) must not be over DATABASE_POOL_MAX ({MaxConnections}).");
    }
}

/// <summary>Registration of <see cref="DatabasePoolOptions"/>.</summary>
public static class DatabasePoolServices
{
    /// <summary>
    /// Adds <see cref="DatabasePoolOptions"/>, checked at start, and gives what applies them:
    /// <c>builder.AddNpgsqlDataSource("…", configureDataSourceBuilder: builder.AddDatabasePool())</c>.
    /// </summary>
    /// <param name="builder">The process.</param>
    /// <param name="configure">What else is to be said of the data source.</param>
    public static Action<NpgsqlDataSourceBuilder> AddDatabasePool(
        this IHostApplicationBuilder builder, Action<NpgsqlDataSourceBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddOptions<DatabasePoolOptions>().BindConfiguration("").ValidateDataAnnotations().ValidateOnStart();
        var configuration = builder.Configuration;
        return source =>
        {
            var pool = configuration.Get<DatabasePoolOptions>() ?? new DatabasePoolOptions();
            // what is made before the checks of the start must not fail in words of Npgsql's
            Validator.ValidateObject(pool, new ValidationContext(pool), validateAllProperties: true);
            source.ConnectionStringBuilder.MinPoolSize = pool.MinConnections;
            source.ConnectionStringBuilder.MaxPoolSize = pool.MaxConnections;
            source.ConnectionStringBuilder.Timeout = (pool.TimeoutMs + 999) / 1_000;
            // no session keeps anything that could be reset (held by a test), and the seven statements of a reset would be most of all where
            // mails come one by one; what a transaction left open is rolled back all the same
            source.ConnectionStringBuilder.NoResetOnClose = true;
            configure?.Invoke(source);
        };
    }
}
