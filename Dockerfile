# The service, on port 8080. Commands follow the name of the image: docker run --rm --env-file … attachments migrate
FROM mcr.microsoft.com/dotnet/sdk:10.0.401-noble AS build
WORKDIR /source
ENV DOTNET_NOLOGO=1

# Restore packages first, so that a change of the code does not download them again.
COPY global.json Directory.Build.props Directory.Packages.props .editorconfig ./
COPY src/Attachments.Domain/Attachments.Domain.csproj src/Attachments.Domain/
COPY src/Attachments.Application/Attachments.Application.csproj src/Attachments.Application/
COPY src/Attachments.Infrastructure/Attachments.Infrastructure.csproj src/Attachments.Infrastructure/
COPY src/Attachments.Api/Attachments.Api.csproj src/Attachments.Api/
RUN dotnet restore src/Attachments.Api --use-current-runtime -p:PublishReadyToRun=true

# Compile ahead of time, which makes the start two fifths shorter.
COPY src/ src/
RUN dotnet publish src/Attachments.Api --configuration Release --no-restore --use-current-runtime --self-contained false --output /app \
    -p:PublishReadyToRun=true -p:UseAppHost=false -p:DebugType=none

# libvips, which previews are made with, comes in /app/libvips under the LGPL 3; its licences and those of its parts are in THIRD-PARTY-NOTICES.md there.
# It can be replaced by another build of libvips.so.42.
#
# No shell, no package manager, no root. With ICU, which Unicode normalisation needs.
FROM mcr.microsoft.com/dotnet/aspnet:10.0.12-noble-chiseled-extra
WORKDIR /app
COPY --from=build /app .

# Outside Development the service writes no files, so its file system can be read-only. The runtime's debugging sockets would be files.
ENV ASPNETCORE_HTTP_PORTS=8080 DOTNET_EnableDiagnostics=0
EXPOSE 8080

# The unprivileged user app, by number, so that Kubernetes can verify that it is not root.
USER $APP_UID

# Readiness, not liveness: other services wait for this.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["dotnet", "Attachments.Api.dll", "health"]

ENTRYPOINT ["dotnet", "Attachments.Api.dll"]
