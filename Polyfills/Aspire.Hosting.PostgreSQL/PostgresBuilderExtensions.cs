using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Postgres;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace Aspire.Hosting;

/// <summary>Adds PostgreSQL servers and databases.</summary>
public static class PostgresBuilderExtensions
{
    /// <summary>Adds a server. Its password is generated unless given; it is healthy when it answers a query.</summary>
    public static IResourceBuilder<PostgresServerResource> AddPostgres(
        this IDistributedApplicationBuilder builder, string name,
        IResourceBuilder<ParameterResource>? userName = null, IResourceBuilder<ParameterResource>? password = null, int? port = null)
    {
        var server = new PostgresServerResource(
            name, userName?.Resource,
            password?.Resource ?? ParameterResourceBuilderExtensions.CreateDefaultPasswordParameter(builder, $"{name}-password"));

        // each database is made when the server has come up
        builder.Eventing.Subscribe<ResourceReadyEvent>(server, async (_, cancellationToken) =>
        {
            foreach (var database in server.Databases.Values)
                await CreateDatabaseAsync(server, database, cancellationToken);
        });

        return builder.AddResource(server)
            .WithEndpoint(port: port, targetPort: 5432, name: PostgresServerResource.PrimaryEndpointName)
            .WithImage("library/postgres", "18.3")
            .WithImageRegistry("docker.io")
            .WithEnvironment("POSTGRES_HOST_AUTH_METHOD", "scram-sha-256")
            .WithEnvironment("POSTGRES_INITDB_ARGS", "--auth-host=scram-sha-256 --auth-local=scram-sha-256")
            .WithEnvironment(context =>
            {
                context.EnvironmentVariables["POSTGRES_USER"] = server.UserNameReference;
                context.EnvironmentVariables["POSTGRES_PASSWORD"] = server.PasswordParameter;
            })
            .WithAnnotation(new PostgresLocalServer(server))
            .WithCheck(async cancellationToken => $"{await ConnectionStringOf(server, cancellationToken)};Database=postgres");
    }

    /// <summary>Adds a database; it is created if the server does not have it.</summary>
    public static IResourceBuilder<PostgresDatabaseResource> AddDatabase(
        this IResourceBuilder<PostgresServerResource> builder, string name, string? databaseName = null)
    {
        var database = new PostgresDatabaseResource(name, databaseName ?? name, builder.Resource);
        builder.Resource.AddDatabase(database.Name, database.DatabaseName);
        return builder.ApplicationBuilder.AddResource(database)
            .WithCheck(async cancellationToken => await ConnectionStringOf(database, cancellationToken));
    }

    /// <summary>Keeps the data in a volume; run mode keeps it in any case.</summary>
    public static IResourceBuilder<PostgresServerResource> WithDataVolume(
        this IResourceBuilder<PostgresServerResource> builder, string? name = null, bool isReadOnly = false) =>
        builder.WithVolume(name ?? VolumeNameGenerator.Generate(builder, "data"), "/var/lib/postgresql", isReadOnly);

    private static IResourceBuilder<T> WithCheck<T>(this IResourceBuilder<T> builder, Func<CancellationToken, Task<string>> connectionString)
        where T : IResource
    {
        var key = $"{builder.Resource.Name}_check";
        builder.ApplicationBuilder.Services.AddHealthChecks()
            .Add(new HealthCheckRegistration(key, new PostgresHealthCheck(connectionString), null, null));
        return builder.WithHealthCheck(key);
    }

    private static async Task<string> ConnectionStringOf(IResourceWithConnectionString resource, CancellationToken cancellationToken) =>
        await resource.GetConnectionStringAsync(cancellationToken)
        ?? throw new DistributedApplicationException($"The connection string of '{resource.Name}' is not available.");

    private static async Task CreateDatabaseAsync(PostgresServerResource server, string database, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(
            $"{await ConnectionStringOf(server, cancellationToken)};Database=postgres;Pooling=false");
        await connection.OpenAsync(cancellationToken);

        await using var exists = new NpgsqlCommand("SELECT 1 FROM pg_database WHERE datname = $1", connection) { Parameters = { new() { Value = database } } };
        if (await exists.ExecuteScalarAsync(cancellationToken) is not null) return;

        // the name is an identifier, which no parameter can stand for
        await using var create = connection.CreateCommand();
        create.CommandText = $"CREATE DATABASE {new NpgsqlCommandBuilder().QuoteIdentifier(database)}";
        await create.ExecuteNonQueryAsync(cancellationToken);
    }
}
