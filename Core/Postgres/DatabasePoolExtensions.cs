using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Switchboard.Core.Postgres;

/// <summary>Registration of <see cref="DatabasePoolOptions"/>.</summary>
public static class DatabasePoolExtensions
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
            configure?.Invoke(source);
        };
    }
}
