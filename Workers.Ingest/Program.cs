using Switchboard.Workers.Ingest;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddStores();
builder.AddIntake();
builder.AddTexts();
builder.AddMedia();
builder.AddGmail();
builder.AddMailboxes();
builder.AddIngestJobs();

var app = builder.Build();
app.MapDefaultEndpoints();
await app.RunAsync();
